"""Filling a report template: one Excel workbook with the same bytes for the same view."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import xlsxwriter

from pipeline.definitions.brand import Brand
from pipeline.model import CellRef, Figure, Finding, PlanView, Severity
from pipeline.render.figures.data import filled_text
from pipeline.render.rendered import Rendered
from pipeline.render.xlsx.comparison import ComparisonTable, lines_of
from pipeline.render.xlsx.report import Report, ReportSheet, ReportTemplate
from pipeline.render.xlsx.sheet import EXCEL_TEXT, ReportWorksheet, SheetWriter
from pipeline.render.xlsx.styles import Styles
from pipeline.render.xlsx.summary import write_method, write_summary
from pipeline.sentences import sentence
from pipeline.wording import ViewRow, raw

_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - XlsxWriter takes naive times; fixed, so that bytes repeat
FigureSource = Callable[[str, Mapping[str, object]], Figure]


_ONE_PAGE = 700
"""Points of rows that a landscape page still holds at a size one can read."""


def render_report(template: ReportTemplate, view: PlanView, figures: FigureSource, brand: Brand) -> Rendered:
    """Return the workbook; sheets whose variance has no rows in its span are left out."""
    output, names = BytesIO(), dict(view.names)
    cut: list[CellRef] = []
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(output, options) as workbook:
        workbook.set_properties(_properties(template, view, brand))
        workbook.set_calc_mode("auto")
        styles = Styles(workbook, brand)
        for definition in template.report.sheets:
            rows = _rows(definition, names) if definition.kind == "comparison" else []
            if definition.kind != "comparison" or rows:
                worksheet = workbook.add_worksheet(_sheet_name(definition.sheet.to(view.language)), ReportWorksheet)
                writer = SheetWriter(worksheet, definition, view, styles, template.report.words)
                _write_sheet(workbook, writer, figures, rows, template.report)
                cut.extend(writer.cut)
    return Rendered(output.getvalue(), tuple(_cut_text(template.report, cell) for cell in cut))


def _cut_text(report: Report, cell: CellRef) -> Finding:
    message = sentence("text-cut", document=report.title, place=str(cell), room=EXCEL_TEXT)
    return Finding("text-cut", Severity.WARNING, message)


def _properties(template: ReportTemplate, view: PlanView, brand: Brand) -> Mapping[str, object]:
    report = template.report
    title = f"{report.title.to(view.language)}: {filled_text(report.sheets[0].who, view)}"
    return {"title": title, "author": brand.name, "company": brand.name, "created": _CREATED}


def _write_sheet(
    workbook: Any, writer: SheetWriter, figures: FigureSource, rows: list[ViewRow], report: Report
) -> None:
    definition = writer.definition
    writer.title()
    if definition.kind == "comparison":
        _write_comparison(writer, rows)
    elif definition.kind == "summary":
        write_summary(workbook, writer, figures)
        writer.print_setup(pages_tall=1, portrait=True)
    else:
        write_method(writer, report)
        writer.print_setup(portrait=True)


def _write_comparison(writer: SheetWriter, rows: list[ViewRow]) -> None:
    dimensions = tuple(
        column.name for column in writer.definition.columns if column.kind == "dimension" and column.name
    )
    table = ComparisonTable(writer, dimensions)
    total = lines_of(rows, dimensions, writer.definition.references)
    header_row = table.write(total)
    table.fill(total)
    writer.row += 1
    writer.notes(table.printed_widths)
    writer.print_setup(header_row, table.last_printed, pages_tall=1 if table.height <= _ONE_PAGE else 0)


def _rows(definition: ReportSheet, names: Mapping[str, Any]) -> list[ViewRow]:
    rows = names["variances"][definition.variance]
    spans = [row for row in rows if raw(row["span"]) == definition.span]
    return [row for row in spans if raw(row["reference"]) in definition.references]


def _sheet_name(title: str) -> str:
    """Return a name that Excel accepts: at most 31 characters, without brackets, slashes and wildcards."""
    cleaned = "".join(" " if character in "[]:*?/\\" else character for character in title)
    return cleaned.strip("' ")[:31] or "Sheet"
