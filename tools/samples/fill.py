"""Filling a blank workbook as a person would: typing values into cells, adding rows to tables."""

from __future__ import annotations

import copy
import io
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.author.blank import blank_workbook
from pipeline.author.layout import VALUE_COLUMN, Layout, Section
from pipeline.author.values import as_written
from pipeline.definitions.brand import Brand
from pipeline.definitions.workbook_template import FieldDefinition, WorkbookTemplate
from tools.samples.finances import Finances, month_range

Row = Mapping[str, Any]
LINE = 13.8
"""Points from one line of a cell to the next."""


def filled_workbook(template: WorkbookTemplate, brand: Brand, account: Mapping[str, Any], logo: bytes) -> bytes:
    """Return the blank workbook of an account's tier and language with the account's values typed in."""
    layout = Layout(template, account["language"], account["tier"])
    blank = blank_workbook(template, brand, tier=account["tier"], language=account["language"], logo=logo)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says that it drops the exact ends of the data bars
        workbook = openpyxl.load_workbook(io.BytesIO(blank))
    for name, section in layout.sections.items():
        if name in account["sheets"]:
            _fill_section(workbook[section.title], layout, section, account["sheets"][name])
    for address, value in account.get("cells", {}).items():
        sheet, _, cell = address.partition("!")
        workbook[sheet][cell] = value
    workbook.properties.lastModifiedBy = account["saved_by"]
    workbook.active = 1
    for sheet in workbook.worksheets:
        sheet.sheet_view.tabSelected = sheet is workbook.worksheets[1]
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _fill_section(sheet: Worksheet, layout: Layout, section: Section, values: Any) -> None:
    if section.is_form:
        for name, value in values.items():
            _type(sheet, section.rows[name], VALUE_COLUMN, section.table.by_name[name], value, layout.language)
        return
    rows = _rows_of(values)
    _extend(sheet, section, len(rows))
    for position, row in enumerate(rows):
        for name, value in row.items():
            field = section.table.by_name[name]
            _type(sheet, section.first_row + position, section.columns[name], field, value, layout.language)
    _fit_heights(sheet, section, len(rows))


def _fit_heights(sheet: Worksheet, section: Section, rows: int) -> None:
    """Make rows as high as their longest text needs, as Excel does while somebody types."""
    widths = {
        number: dimension.width
        for dimension in sheet.column_dimensions.values()
        for number in range(dimension.min or 0, (dimension.max or 0) + 1)
    }
    for row in range(section.first_row + 1, section.first_row + 1 + rows):
        lines = 1
        for column in section.columns.values():
            cell = sheet.cell(row, column + 1)
            if cell.alignment.wrap_text and isinstance(cell.value, str):
                lines = max(lines, len(wrapped(cell.value, int(widths.get(column + 1, 10) * 1.05) - 2)))
        sheet.row_dimensions[row].height = max(LINE * lines + 3, sheet.row_dimensions[row].height or 0)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of `width` characters, East Asian ones counting two."""
    if any(ord(character) > 0x2E7F for character in text):
        per_line = max(width // 2, 1)
        return [text[start : start + per_line] for start in range(0, len(text), per_line)]
    return textwrap.wrap(text, max(width, 8)) or [""]


def _rows_of(values: Any) -> Sequence[Row]:
    """Return rows from one of the notations: finances, monthly series, or fields with rows."""
    if "seed" in values:
        return [*Finances(values).rows(), *({**row} for row in values.get("more", ()))]
    if "series" in values:
        return _series(values)
    return [dict(zip(values["fields"], row, strict=True)) for row in values["rows"]]


def _series(values: Row) -> list[Row]:
    """Return one row per month and measure; `actual` lists one value for each month."""
    rows: list[Row] = []
    for entry in values["series"]:
        months = month_range(values["first"], values["last"])
        fixed = {name: value for name, value in entry.items() if name != "actual"}
        rows += [
            {**fixed, "period": month, "actual": value} for month, value in zip(months, entry["actual"], strict=True)
        ]
    return rows


def _extend(sheet: Worksheet, section: Section, rows: int) -> None:
    """Let the table grow to `rows` rows, as Excel does when somebody types below it."""
    if rows <= section.blank_rows:
        return
    table = sheet.tables[f"table_{section.table.name}"]
    first, last = table.ref.split(":")
    letters = last.rstrip("0123456789")
    table.ref = f"{first}:{letters}{section.header_row + 1 + rows}"
    table.autoFilter.ref = table.ref
    for column in section.columns.values():
        first_cell: Any = sheet.cell(section.first_row + 1, column + 1)
        for row in range(section.last_written_row + 1, section.header_row + 1 + rows):
            cell: Any = sheet.cell(row + 1, column + 1)
            cell._style = copy.copy(first_cell._style)


def _type(sheet: Worksheet, row: int, column: int, field: FieldDefinition, value: Any, language: str) -> None:
    """Type one value: a code becomes its label, `2026-03` a date; `raw:` keeps a text as somebody typed it."""
    if value is None:
        return
    cell = sheet.cell(row + 1, column + 1)
    if isinstance(value, str) and value.startswith("raw:"):
        cell.value, cell.data_type = value[4:], "s"
    elif isinstance(value, str) and value.startswith("="):
        cell.value = value.replace("{row}", str(row + 1))
    elif field.type in ("date", "month"):
        cell.value = _as_date(value)
    else:
        written = as_written(field, value, language)
        cell.value = float(written) if isinstance(written, Decimal) else written


def _as_date(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value
    text = str(value)
    return date.fromisoformat(f"{text}-01" if len(text) == len("2026-03") else text)
