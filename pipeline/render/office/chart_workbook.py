"""The workbook inside a native chart: what its data are edited in.

Column A holds the categories, one column a series' values, one more its printed labels; PowerPoint and Word draw the
cache in the chart's XML, so both are written from the same figure (docs/designers.md).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from pipeline.model import Series
from pipeline.render.archive import EPOCH

SHEET = "Sheet1"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CREATED = dt.datetime(*EPOCH, tzinfo=dt.UTC)


def write_workbook(categories: Sequence[str], series: Sequence[Series]) -> bytes:
    """Return the workbook of a chart: header in row 1, categories from A2, values from B2, labels after all values."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"created": _CREATED})
    sheet = workbook.add_worksheet(SHEET)
    sheet.write_column(1, 0, list(categories))
    for position, one in enumerate(series):
        sheet.write_string(0, position + 1, one.name)
        for row, value in enumerate(one.values, start=1):
            if value is not None:
                sheet.write_number(row, position + 1, as_float(value))
        label_column = len(series) + 1 + position
        sheet.write_string(0, label_column, f"{one.name} (label)")
        sheet.write_column(1, label_column, list(one.labels))
    workbook.close()
    return target.getvalue()


def as_float(value: Decimal) -> float:
    """Return a number as Excel holds it: 15 significant digits."""
    return float(format(value, ".15g"))


def as_cache(value: Decimal) -> str:
    """Return a number as a chart's cache writes it, equal to the workbook's."""
    return format(as_float(value), ".15g")


def name_cell(position: int) -> str:
    """Return the cell of a series' name, as a chart refers to it."""
    return f"{SHEET}!${xl_col_to_name(position + 1)}$1"


def value_cells(position: int, count: int) -> str:
    """Return the cells of a series' values."""
    column = xl_col_to_name(position + 1)
    return f"{SHEET}!${column}$2:${column}${max(count, 1) + 1}"


def category_cells(count: int) -> str:
    """Return the cells of the categories."""
    return f"{SHEET}!$A$2:$A${max(count, 1) + 1}"
