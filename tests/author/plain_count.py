"""Completeness counted in plain Python from the cells of a workbook, as docs say it: the meter's second opinion."""

from fractions import Fraction
from typing import Any

from openpyxl.workbook.workbook import Workbook

from pipeline.definitions.workbook_template import FieldDefinition, SheetDefinition, WorkbookTemplate

UNKNOWN = {"unknown", "unbekannt", "不明", "not known"}


def totals(
    workbook: Workbook, template: WorkbookTemplate, tier: str | None, language: str = "en"
) -> tuple[Fraction, Fraction]:
    """Return completeness and answered share."""
    filled, answered = [], []
    for sheet in template.sheets:
        if sheet.kind in ("form", "table") and not sheet.lookup and template.asks(sheet.from_tier, tier):
            fields = [field for field in sheet.fields if field.required and template.asks(field.from_tier, tier)]
            rows = rows_of(workbook, sheet, language)
            least = 1 if sheet.kind == "form" else sheet.min_rows
            needed = len(fields) * max(least, len(rows))
            if needed:
                states = [state(row[field.name], field) for row in rows for field in fields]
                filled.append(Fraction(states.count("filled"), needed))
                answered.append(Fraction(len(states) - states.count("empty"), needed))
    return sum(filled, Fraction()) / len(filled), sum(answered, Fraction()) / len(answered)


def rows_of(workbook: Workbook, sheet: SheetDefinition, language: str) -> list[dict[str, object]]:
    """Return the rows that hold more than their number and defaults, or the one row of a form, by field."""
    cells: list[list[Any]] = [[cell.value for cell in row] for row in workbook[sheet.sheet.to(language)].iter_rows()]
    labels = {field.label.to(language): field.name for field in sheet.fields}
    if sheet.kind == "form":
        return [{labels[row[1]]: row[2] for row in cells if row[1] in labels}]
    header = next(number for number, row in enumerate(cells) if labels.keys() <= set(row))
    names = [labels[label] for label in cells[header] if label in labels]
    rows = [dict(zip(names, row, strict=False)) for row in cells[header + 1 :]]
    return [row for row in rows if any(tells(field, row[field.name], sheet) for field in sheet.fields)]


def tells(field: FieldDefinition, value: object, sheet: SheetDefinition) -> bool:
    """Return whether a value was typed by somebody."""
    text = str(value or "").strip()
    if not text:
        return False
    if sheet.prefix and field.name == sheet.key[0]:
        return not (text.startswith(sheet.prefix) and text.removeprefix(sheet.prefix).isdigit())
    if field.type == "yes_no":
        return not (field.default is False and text in ("no", "nein", "いいえ"))
    label = field.choices.get(str(field.default))
    return not (label and text in label.by_language.values())


def state(value: object, field: FieldDefinition) -> str:
    text = str("" if value is None else value).strip()
    if not text:
        return "empty"
    choices = {label for choice in field.choices.values() for label in choice.by_language.values()}
    return "unknown" if text.casefold() in UNKNOWN and text not in choices else "filled"
