"""The variance report with bare XlsxWriter: the same cells, formulas, looks and charts."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

_CHART_TYPES = {"col": "column", "bar": "bar", "line": "line"}
_CHART_SIZE = {"width": 880, "height": 260}


def make_variance_report(content: Mapping[str, Any]) -> bytes:
    """Return the workbook; `content` is that of `benchmarks.content.report`."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_urls": False}) as workbook:
        looks = [workbook.add_format(look) for look in content["looks"]]
        for sheet in content["sheets"]:
            worksheet = workbook.add_worksheet(sheet["title"])
            _write_frame(worksheet, sheet)
            for area in sheet["merged"]:
                worksheet.merge_range(area, "")
            for cell in sheet["cells"]:
                _write_cell(worksheet, cell, looks)
            for chart in sheet["charts"]:
                _write_chart(workbook, worksheet, chart)
    return output.getvalue()


def _write_frame(worksheet: Any, sheet: Mapping[str, Any]) -> None:
    for first, last, width, hidden in sheet["widths"]:
        worksheet.set_column(first, last, width - 0.7109375, None, {"hidden": hidden})
    for row, height in sheet["heights"]:
        worksheet.set_row(row, height)
    if sheet["frozen"]:
        worksheet.freeze_panes(sheet["frozen"])
    if sheet["filter"]:
        worksheet.autofilter(sheet["filter"])
    worksheet.hide_gridlines(2)
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)


def _write_cell(worksheet: Any, cell: list[Any], looks: list[Any]) -> None:
    row, column, kind, value, formula, look = cell
    match kind:
        case "blank":
            worksheet.write_blank(row, column, None, looks[look])
        case "formula":
            worksheet.write_formula(row, column, formula, looks[look], value)
        case "number":
            worksheet.write_number(row, column, value, looks[look])
        case _:
            worksheet.write_string(row, column, value, looks[look])


def _write_chart(workbook: Any, worksheet: Any, chart: Mapping[str, Any]) -> None:
    drawn = workbook.add_chart({"type": _CHART_TYPES[chart["type"]]})
    for series in chart["series"]:
        drawn.add_series({name: f"={reference}" for name, reference in series.items()})
    drawn.set_size(_CHART_SIZE)
    worksheet.insert_chart(chart["row"], chart["column"], drawn)
