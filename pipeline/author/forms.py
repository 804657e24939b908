"""Form sheets: label and value pairs in readable parts.

The sheet is protected without a password, so that labels and help stay while every value is open. A form has no rows
to add, so nothing is lost by it, and rows of a higher tier can still be unhidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline.author.layout import HINT_COLUMN, LABEL_COLUMN, MARK_COLUMN, UNIT_COLUMN, VALUE_COLUMN, Section
from pipeline.author.meter import TIER_NAME
from pipeline.author.paper import Paper
from pipeline.author.styles import EAST_ASIAN_LANGUAGES
from pipeline.definitions.workbook_template import FieldDefinition

COLUMN_WIDTHS = {MARK_COLUMN: 3.5, LABEL_COLUMN: 36, VALUE_COLUMN: 52, UNIT_COLUMN: 15, HINT_COLUMN: 78}
LINE_HEIGHT, LONG_TEXT_HEIGHT, HEADING_HEIGHT, HEAD_HEIGHT = 25, 68, 24, 70
PRINT_SCALE, EAST_ASIAN_SCALE = 76, 66
"""Per cent at which the columns fit on a landscape A4 page; those of East Asian fonts are wider."""
PRINTED_HEIGHT = 495
"""Points between the margins of a landscape A4 page."""
ALLOWED = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_hyperlinks": True, "objects": True,
}  # fmt: skip


def write_form(paper: Paper, sheet: Worksheet, section: Section) -> None:
    """Write the form of a section."""
    sheet.hide_gridlines(2)
    for column, width in COLUMN_WIDTHS.items():
        sheet.set_column(column, column, width)
    paper.head(sheet, section.sheet, LABEL_COLUMN, HINT_COLUMN)
    shown = _headings_shown(paper, section)
    for field in section.table.fields:
        if field.heading:
            _write_heading(paper, sheet, section, field, hidden=field.name not in shown)
        _write_field(paper, sheet, section, field)
    sheet.freeze_panes(2, 0)
    sheet.protect("", ALLOWED)
    paper.set_up_printing(sheet)
    scale = EAST_ASIAN_SCALE if paper.layout.language in EAST_ASIAN_LANGUAGES else PRINT_SCALE
    sheet.set_print_scale(scale)  # breaks are ignored on sheets that are fitted to pages
    sheet.set_h_pagebreaks(list(_page_breaks(paper, section, shown, PRINTED_HEIGHT * 100 / scale)))


def _page_breaks(paper: Paper, section: Section, shown: set[str], page_height: float) -> Iterator[int]:
    """Yield the rows of headings that begin a new page, because their part does not fit on the one before."""
    used, part, first = HEAD_HEIGHT, 0, 0
    for field in section.table.fields:
        if field.heading and field.name in shown:
            used, part, first = used + part, HEADING_HEIGHT, section.rows[field.name] - 1
        if paper.layout.is_asked(section, field):
            part += _height(field)
        if first and used > HEAD_HEIGHT and used + part > page_height:
            yield first
            used, first = 0, 0


def _headings_shown(paper: Paper, section: Section) -> set[str]:
    """Return the fields whose heading has at least one field that the account's tier is asked for."""
    heading, shown = "", set()
    for field in section.table.fields:
        heading = field.name if field.heading else heading
        if paper.layout.is_asked(section, field):
            shown.add(heading)
    return shown


def _write_heading(paper: Paper, sheet: Worksheet, section: Section, field: FieldDefinition, *, hidden: bool) -> None:
    row = section.rows[field.name] - 1
    sheet.set_row(row, HEADING_HEIGHT, None, {"hidden": hidden})
    text = field.heading.to(paper.layout.language) if field.heading else ""
    for column in COLUMN_WIDTHS:
        sheet.write_blank(row, column, None, paper.styles.heading())
    sheet.write_string(row, LABEL_COLUMN, text, paper.styles.heading())


def _write_field(paper: Paper, sheet: Worksheet, section: Section, field: FieldDefinition) -> None:
    row, language, styles = section.rows[field.name], paper.layout.language, paper.styles
    sheet.set_row(row, _height(field), None, {"hidden": not paper.layout.is_asked(section, field)})
    if field.required:
        mark = paper.mark(paper.layout.asked_from(section, field))
        sheet.write_string(row, MARK_COLUMN, mark, styles.quiet(font_color=styles.colours.accent, align="center"))
    sheet.write_string(row, LABEL_COLUMN, field.label.to(language), styles.make(bold=field.required, text_wrap=True))
    _write_value(paper, sheet, section, field)
    paper.write_unit(sheet, row, UNIT_COLUMN, field)
    if field.help:
        sheet.write_string(row, HINT_COLUMN, field.help.to(language), styles.quiet(text_wrap=True, indent=1))
    options = paper.validation.options(section, field)
    if options is not None:
        sheet.data_validation(row, VALUE_COLUMN, row, VALUE_COLUMN, options)
    if field.required:
        _shade_while_open(paper, sheet, row, paper.layout.asked_from(section, field))


def _height(field: FieldDefinition) -> int:
    return LONG_TEXT_HEIGHT if field.type == "long_text" else LINE_HEIGHT


def _write_value(paper: Paper, sheet: Worksheet, section: Section, field: FieldDefinition) -> None:
    row, style = section.rows[field.name], paper.styles.form_cell(field)
    value = paper.cells.get((section.table.name, field.name))
    match value:
        case None:
            sheet.write_blank(row, VALUE_COLUMN, None, style)
        case int() | Decimal():
            sheet.write_number(row, VALUE_COLUMN, float(value), style)
        case date():
            sheet.write_datetime(row, VALUE_COLUMN, value, style)
        case _:
            sheet.write_string(row, VALUE_COLUMN, str(value), style)


def _shade_while_open(paper: Paper, sheet: Worksheet, row: int, rank: int) -> None:
    cell = xl_rowcol_to_cell(row, VALUE_COLUMN, row_abs=True, col_abs=True)
    shade = paper.workbook.add_format({"bg_color": paper.styles.wanted})
    rule = {"type": "formula", "criteria": f"=AND({TIER_NAME}>={rank},LEN(TRIM({cell}))=0)", "format": shade}
    sheet.conditional_format(row, VALUE_COLUMN, row, VALUE_COLUMN, rule)
