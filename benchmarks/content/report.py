"""A finished .xlsx as plain data: cells with formula, value and look, widths, heights, merged cells, charts."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

_BORDERS = {"thin": 1, "dotted": 4, "hair": 7}
"""The border styles of a report by their number in XlsxWriter."""


def report_content(content: bytes) -> dict[str, Any]:
    """Return the sheets in order and the looks that their cells name by position."""
    formulas, values = (openpyxl.load_workbook(io.BytesIO(content), data_only=computed) for computed in (False, True))
    looks: list[dict[str, Any]] = []
    sheets = [_sheet(sheet, values[sheet.title], looks) for sheet in formulas.worksheets]
    return {"sheets": sheets, "looks": looks}


def _sheet(sheet: Worksheet, values: Worksheet, looks: list[dict[str, Any]]) -> dict[str, Any]:
    cells = [
        _cell(cell, values[cell.coordinate].value, looks)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell) and cell.has_style
    ]
    return {
        "title": sheet.title,
        "cells": cells,
        "widths": [[found.min - 1, found.max - 1, found.width, found.hidden] for found in _columns(sheet)],
        "heights": [[number - 1, found.height] for number, found in sheet.row_dimensions.items() if found.height],
        "merged": [str(area) for area in sheet.merged_cells.ranges],
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "charts": [_chart(chart) for chart in sheet._charts],  # type: ignore[attr-defined] # noqa: SLF001 - no other
    }


def _columns(sheet: Worksheet) -> list[Any]:
    return [found for found in sheet.column_dimensions.values() if found.width]


def _cell(cell: Cell, value: Any, looks: list[dict[str, Any]]) -> list[Any]:
    """Return row, column (from 0), kind, value, formula and the position of the look."""
    look = _look(cell)
    if look not in looks:
        looks.append(look)
    formula = cell.value if cell.data_type == "f" else None
    kind = "blank" if cell.value is None else "formula" if formula else "text" if isinstance(value, str) else "number"
    return [cell.row - 1, cell.column - 1, kind, value, formula, looks.index(look)]


def _look(cell: Cell) -> dict[str, Any]:
    """Return XlsxWriter's properties of a cell's format."""
    font, alignment, border = cell.font, cell.alignment, cell.border
    properties = {
        "font_name": font.name,
        "font_size": font.sz,
        "bold": bool(font.b),
        "font_color": _colour(font.color),
        "num_format": cell.number_format,
        "bg_color": _colour(cell.fill.fgColor) if cell.fill.fill_type == "solid" else None,
        "align": alignment.horizontal,
        "valign": {"center": "vcenter"}.get(alignment.vertical or "", alignment.vertical),
        "indent": int(alignment.indent),
        "text_wrap": bool(alignment.wrap_text),
    }
    for side in ("top", "bottom"):
        line = getattr(border, side)
        if line.style is not None:
            properties |= {side: _BORDERS[line.style], f"{side}_color": _colour(line.color)}
    return {name: value for name, value in properties.items() if value}


def _colour(colour: Any) -> str | None:
    return f"#{colour.rgb[2:]}" if colour is not None and isinstance(colour.rgb, str) else None


def _chart(chart: Any) -> dict[str, Any]:
    series = [
        {"name": one.tx.strRef.f, "categories": (one.cat.numRef or one.cat.strRef).f, "values": one.val.numRef.f}
        for one in chart.series
    ]
    start = chart.anchor._from  # noqa: SLF001 - openpyxl's name for it
    return {"type": chart.barDir if hasattr(chart, "barDir") else "line", "row": start.row, "column": start.col,
            "series": series}  # fmt: skip
