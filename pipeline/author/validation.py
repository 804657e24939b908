"""Data validation of input cells: lists, dates, numbers, and messages that help instead of locking out.

Every validation only warns: a cell must also take `unknown`, and planpress judges the value anyway.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.author import phrases
from pipeline.author.layout import VALUE_COLUMN, Layout, Section
from pipeline.author.lists import Lists
from pipeline.definitions.workbook_template import FieldDefinition
from pipeline.model import Text

TITLE_LENGTH, MESSAGE_LENGTH = 32, 255
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def shortened(text: str, length: int) -> str:
    """Return a text of at most `length` characters, cut at a space with an ellipsis where it is longer."""
    if len(text) <= length:
        return text
    cut = text[: length - 2]
    return (cut[: cut.rfind(" ")] if " " in cut[length // 2 :] else cut) + " …"


class Validation:
    """Makes the options of XlsxWriter's `data_validation` for a field."""

    def __init__(self, layout: Layout, lists: Lists) -> None:
        self._layout, self._lists, self._language = layout, lists, layout.language

    def options(self, section: Section, field: FieldDefinition) -> dict[str, Any] | None:
        """Return the validation of a field's cells, None where there is nothing to check and nothing to say."""
        rule, expected = self._rule(section, field)
        message = "" if section.is_form else self._message(field)
        if not rule and not message:
            return None
        options = {"validate": "any", **rule, "error_type": "warning", "show_error": bool(expected)}
        if message:
            title = field.label.to(self._language)
            options |= {"input_title": shortened(title, TITLE_LENGTH), "input_message": shortened(message, MESSAGE_LENGTH)}
        if expected:
            error = f"{expected} {self._text(phrases.KEEP_ANYWAY)}"
            options |= {"error_title": self._text(phrases.PLEASE_CHECK), "error_message": shortened(error, MESSAGE_LENGTH)}
        return options

    def _text(self, text: Text, **values: object) -> str:
        return text.to(self._language).format(**values)

    def _message(self, field: FieldDefinition) -> str:
        parts = [field.help.to(self._language) if field.help else ""]
        if field.type == "references":
            parts.append(self._text(phrases.SEVERAL))
        if field.required:
            parts += [self._text(phrases.NEEDED), self._text(phrases.IF_NOT_KNOWN)]
        return " ".join(part for part in parts if part)

    def _rule(self, section: Section, field: FieldDefinition) -> tuple[dict[str, Any], str]:
        """Return the rule and what is expected; an empty text means that anything else is taken without a word."""
        name = self._lists.of(field)
        if name is not None:
            return {"validate": "list", "source": f"={name}"}, self._expected_of_list(field)
        match field.type:
            case "date" | "month":
                example = phrases.DATE_EXAMPLES.get(self._language, phrases.DATE_EXAMPLES["en"])
                rule = {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST}
                return rule, self._text(phrases.EXPECT_DATE, example=example)
            case "integer" | "number" | "money" | "percent":
                return self._number(field)
            case "email":
                cell = _first_cell(section, field)
                rule = {"validate": "custom", "value": f'=AND(ISNUMBER(FIND("@",{cell})),ISERROR(FIND(" ",TRIM({cell}))))'}
                return rule, self._text(phrases.EXPECT_EMAIL)
            case _ if section.key == field.name and not section.is_form:
                area = section.place(field.name).rpartition("!")[2]
                return {"validate": "custom", "value": f"=COUNTIF({area},{_first_cell(section, field)})=1"}, self._text(
                    phrases.EXPECT_UNIQUE
                )
            case _:
                return {}, ""

    def _expected_of_list(self, field: FieldDefinition) -> str:
        if field.type == "references":
            return ""
        if not field.to:
            return self._text(phrases.EXPECT_CHOICE)
        titles = dict.fromkeys(self._layout.sections[table].title for table in field.to)
        return self._text(phrases.EXPECT_REFERENCE, sheet=", ".join(titles))

    def _number(self, field: FieldDefinition) -> tuple[dict[str, Any], str]:
        kind = "integer" if field.type == "integer" else "decimal"
        low, high = (None if bound is None else float(bound) for bound in (field.min, field.max))
        shown = {"low": _printed(field, low), "high": _printed(field, high)}
        first = self._text(phrases.EXPECT_INTEGER if kind == "integer" else phrases.EXPECT_NUMBER)
        if low is not None and high is not None:
            rule = {"criteria": "between", "minimum": low, "maximum": high}
            return {"validate": kind, **rule}, f"{first} {self._text(phrases.EXPECT_BETWEEN, **shown)}"
        if low is not None:
            return {"validate": kind, "criteria": ">=", "value": low}, f"{first} {self._text(phrases.EXPECT_AT_LEAST, **shown)}"
        if high is not None:
            return {"validate": kind, "criteria": "<=", "value": high}, f"{first} {self._text(phrases.EXPECT_AT_MOST, **shown)}"
        return {"validate": kind, "criteria": "between", "minimum": -1e15, "maximum": 1e15}, first


def _first_cell(section: Section, field: FieldDefinition) -> str:
    if section.is_form:
        return xl_rowcol_to_cell(section.rows[field.name], VALUE_COLUMN)
    return xl_rowcol_to_cell(section.first_row, section.columns[field.name])


def _printed(field: FieldDefinition, bound: float | None) -> str:
    if bound is None:
        return ""
    return f"{bound * 100:g} %" if field.type == "percent" else f"{bound:g}"
