"""Data validation of input cells: lists, dates, numbers, and messages that help instead of locking out.

Every validation only warns: a cell must also take `unknown`, and planpress judges the value anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.author.layout import VALUE_COLUMN, Layout, Section
from pipeline.author.lists import Lists
from pipeline.author.words import DATE_EXAMPLES
from pipeline.definitions.workbook_template import FieldDefinition
from pipeline.sentences import sentence

TITLE_LENGTH, MESSAGE_LENGTH = 32, 255
"""Characters that Excel allows in the title and in the text of a message."""
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
LARGEST = 10**15


def shortened(text: str, length: int) -> str:
    """Return a text of at most `length` characters, cut at a space with an ellipsis where it is longer."""
    if len(text) <= length:
        return text
    cut = text[: length - 2]
    return (cut[: cut.rfind(" ")] if " " in cut[length // 2 :] else cut) + " …"


@dataclass(frozen=True)
class Rule:
    """What XlsxWriter shall check, and the sentence that says what is expected; without one nothing is said."""

    options: dict[str, Any] = field(default_factory=dict)
    expected: str = ""


class Validation:
    """Makes the options of XlsxWriter's `data_validation` for a field."""

    def __init__(self, layout: Layout, lists: Lists) -> None:
        self._layout, self._lists, self._language = layout, lists, layout.language

    def options(self, section: Section, definition: FieldDefinition) -> dict[str, Any] | None:
        """Return the validation of a field's cells, None where there is nothing to check and nothing to say."""
        rule = self._rule(section, definition)
        message = "" if section.is_form else self._message(definition)
        if not rule.options and not message:
            return None
        options = {"validate": "any", **rule.options, "error_type": "warning", "show_error": bool(rule.expected)}
        if message:
            title = shortened(definition.label.to(self._language), TITLE_LENGTH)
            options |= {"input_title": title, "input_message": shortened(message, MESSAGE_LENGTH)}
        if rule.expected:
            error = f"{rule.expected} {self._say('keep-anyway')}"
            options |= {"error_title": self._say("please-check"), "error_message": shortened(error, MESSAGE_LENGTH)}
        return options

    def _say(self, code: str, **values: object) -> str:
        return sentence(f"blank-{code}", **values).to(self._language)

    def _message(self, definition: FieldDefinition) -> str:
        parts = [definition.help.to(self._language) if definition.help else ""]
        if definition.type == "references":
            parts.append(self._say("several"))
        if definition.required:
            parts += [self._say("needed"), self._say("if-not-known")]
        return " ".join(part for part in parts if part)

    def _rule(self, section: Section, definition: FieldDefinition) -> Rule:
        name = self._lists.of(definition)
        if name is not None:
            return Rule({"validate": "list", "source": f"={name}"}, self._expected_of_list(definition))
        match definition.type:
            case "date" | "month":
                return self._date()
            case "integer" | "number" | "money" | "percent":
                return self._number(definition)
            case "email":
                return self._email(_first_cell(section, definition))
            case _ if section.key == definition.name and not section.is_form:
                return self._unique(section, definition)
            case _:
                return Rule()

    def _expected_of_list(self, definition: FieldDefinition) -> str:
        if definition.type == "references":
            return ""
        if not definition.to:
            return self._say("expect-choice")
        titles = dict.fromkeys(self._layout.sections[table].title for table in definition.to)
        return self._say("expect-reference", sheet=", ".join(titles))

    def _date(self) -> Rule:
        example = DATE_EXAMPLES.get(self._language, DATE_EXAMPLES["en"])
        options = {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST}
        return Rule(options, self._say("expect-date", example=example))

    def _email(self, cell: str) -> Rule:
        formula = f'=AND(ISNUMBER(FIND("@",{cell})),ISERROR(FIND(" ",TRIM({cell}))))'
        return Rule({"validate": "custom", "value": formula}, self._say("expect-email"))

    def _unique(self, section: Section, definition: FieldDefinition) -> Rule:
        area = section.place(definition.name).rpartition("!")[2]
        formula = f"=COUNTIF({area},{_first_cell(section, definition)})=1"
        return Rule({"validate": "custom", "value": formula}, self._say("expect-unique"))

    def _number(self, definition: FieldDefinition) -> Rule:
        kind, code = ("integer", "expect-integer") if definition.type == "integer" else ("decimal", "expect-number")
        low, high = definition.min, definition.max
        bounds = {
            "criteria": "between",
            "minimum": -LARGEST if low is None else _plain(low),
            "maximum": LARGEST if high is None else _plain(high),
        }
        expected = " ".join(filter(None, (self._say(code), self._bounds(definition))))
        return Rule({"validate": kind, **bounds}, expected)

    def _bounds(self, definition: FieldDefinition) -> str:
        """Return the sentence that names the least and the greatest value, empty where there is neither."""
        factor, unit = (100, " %") if definition.type == "percent" else (1, "")
        low, high = (
            "" if bound is None else f"{float(bound * factor):g}{unit}" for bound in (definition.min, definition.max)
        )
        if low and high:
            return self._say("expect-between", low=low, high=high)
        if low:
            return self._say("expect-at-least", low=low)
        return self._say("expect-at-most", high=high) if high else ""


def _plain(bound: Decimal) -> int | float:
    return int(bound) if bound == int(bound) else float(bound)


def _first_cell(section: Section, definition: FieldDefinition) -> str:
    if section.is_form:
        return str(xl_rowcol_to_cell(section.rows[definition.name], VALUE_COLUMN))
    return str(xl_rowcol_to_cell(section.first_row, section.columns[definition.name]))
