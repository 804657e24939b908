"""Filling a blank workbook in as a person does: values typed into cells, under the labels of its language."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.author.layout import VALUE_COLUMN, Layout, Section
from pipeline.author.values import as_written
from pipeline.definitions.workbook_template import WorkbookTemplate

Values = Mapping[str, Any]
"""Values of a form by field, or `{"fields": names, "rows": lists}` of a table; both by the name of the section."""


def filled(blank: bytes, template: WorkbookTemplate, language: str, values: Values, tier: str | None = None) -> bytes:
    """Return a blank workbook of the template with values typed in; a code of a choice is typed as its label."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says that it drops what it does not know of conditional formats
        workbook = openpyxl.load_workbook(io.BytesIO(blank))
    sections = Layout(template, language, tier).sections
    for name, found in values.items():
        _fill(workbook[sections[name].title], sections[name], found, language)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _fill(sheet: Worksheet, section: Section, values: Any, language: str) -> None:
    if section.is_form:
        for name, value in values.items():
            _type(sheet, section.rows[name], VALUE_COLUMN, _written(section, name, value, language))
        return
    for row, cells in enumerate(values["rows"], start=section.first_row):
        for name, value in zip(values["fields"], cells, strict=True):
            _type(sheet, row, section.columns[name], _written(section, name, value, language))


def _written(section: Section, name: str, value: Any, language: str) -> Any:
    field = section.table.by_name[name]
    if value is None or (field.type == "choice" and value not in field.choices):
        return value
    return as_written(field, value, language)


def _type(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    cell = sheet.cell(row + 1, column + 1)
    cell.value = float(value) if isinstance(value, Decimal) else value
    if isinstance(value, str):
        cell.data_type = "s"  # text is text, also where it looks like a formula
    elif isinstance(value, date) and cell.number_format == "General":
        cell.number_format = "yyyy-mm-dd"
