"""Table sheets: real Excel tables that grow by themselves.

Table sheets stay unprotected: on a protected sheet Excel tables neither grow when somebody types or pastes below
them nor take new rows, which costs more than it saves. The headings refuse other texts by validation instead, and
rows enough for a year are already part of the table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline.author.layout import Section
from pipeline.author.meter import TIER_NAME
from pipeline.author.paper import Paper
from pipeline.author.styles import EAST_ASIAN_FROM
from pipeline.author.validation import MESSAGE_LENGTH, TITLE_LENGTH, shortened
from pipeline.author.values import as_written
from pipeline.definitions.workbook_template import FieldDefinition
from pipeline.sentences import sentence

TABLE_STYLE = "Planpress"
WIDTHS = {
    "text": 26, "long_text": 42, "integer": 10, "number": 12, "money": 14, "percent": 11, "date": 13, "month": 11,
    "yes_no": 10, "email": 30, "url": 30, "person": 20, "references": 14, "picture": 24,
}  # fmt: skip
KEY_WIDTH, NUMBER_WIDTH, NAMED_WIDTH = 11, 7, 22
NEXT_TABLE_GAP = 3
HEADING_LINE, HEADING_MARGIN = 14.5, 5.5
LINK_COLUMN = 4
PAGE_WIDTH = 260
"""Characters across one printed page: more of them would be too small to read."""


def write_table_sheet(paper: Paper, sheet: Worksheet, sections: list[Section]) -> None:
    """Write one or several tables, side by side."""
    sheet.hide_gridlines(2)
    paper.head(sheet, sections[0].sheet, 0, LINK_COLUMN)
    sheet.set_row(sections[0].header_row - 1, 16)
    lines = max(_heading_lines(paper, section) for section in sections)
    sheet.set_row(sections[0].header_row, HEADING_LINE * lines + 8)
    for section in sections:
        if len(sections) > 1:
            _write_table_title(paper, sheet, section)
        _write_table(paper, sheet, section)
    for section in sections[1:]:
        gap = min(section.columns.values()) - 1
        sheet.set_column(gap, gap, NEXT_TABLE_GAP)
    frozen, width = _frozen_columns(sections), _printed_width(paper, sections)
    sheet.freeze_panes(sections[0].first_row, frozen)
    repeat, pages = (sections[0].header_row - 1, sections[0].header_row), math.ceil(width / PAGE_WIDTH)
    paper.set_up_printing(sheet, repeat=repeat, pages_wide=pages)
    if pages > 1 and frozen:
        sheet.repeat_columns(0, frozen - 1)


def _write_table_title(paper: Paper, sheet: Worksheet, section: Section) -> None:
    title = section.table.title or section.sheet.sheet
    row = section.header_row - 2
    sheet.set_row(row, 24)
    for column in section.columns.values():
        sheet.write_blank(row, column, None, paper.styles.heading())
    sheet.write_string(row, min(section.columns.values()), title.to(paper.layout.language), paper.styles.heading())


def _write_table(paper: Paper, sheet: Worksheet, section: Section) -> None:
    language = paper.layout.language
    columns = list(section.columns.values())
    headings = [
        {"header": field.label.to(language), "header_format": paper.styles.table_heading(field)}
        for field in section.table.fields
    ]
    options = {"name": f"table_{section.table.name}", "style": TABLE_STYLE, "columns": headings}
    sheet.add_table(section.header_row, columns[0], section.last_written_row, columns[-1], options)
    for field in section.table.fields:
        _write_column(paper, sheet, section, field)
    for position, row in enumerate(section.table.prefill):
        _write_prefilled(paper, sheet, section, section.first_row + position, row)


def _write_column(paper: Paper, sheet: Worksheet, section: Section, field: FieldDefinition) -> None:
    column, layout = section.columns[field.name], paper.layout
    hidden = not layout.is_asked(section, field) and layout.rank(section.sheet.from_tier) <= layout.own_rank
    outline: dict[str, Any] = {"level": 1, "hidden": True} if hidden else {}
    sheet.set_column(column, column, _width(paper, section, field), None, outline)
    mark = paper.mark(layout.asked_from(section, field)) if field.required else ""
    paper.write_unit(sheet, section.header_row - 1, column, field, mark)
    _write_blank_cells(paper, sheet, section, field)
    _guard_heading(paper, sheet, section, field)
    options = paper.validation.options(section, field)
    if options is not None:
        sheet.data_validation(section.first_row, column, section.last_row, column, options)
    if field.required and not section.is_numbered(field) and not section.sheet.lookup:
        _shade_while_open(paper, sheet, section, field)


def _write_blank_cells(paper: Paper, sheet: Worksheet, section: Section, field: FieldDefinition) -> None:
    numbered = section.is_numbered(field)
    style = paper.styles.table_cell(field, number=numbered)
    for position in range(section.blank_rows):
        row, column = section.first_row + position, section.columns[field.name]
        if numbered:
            sheet.write_string(row, column, f"{section.table.prefix}{position + 1}", style)
        else:
            sheet.write_blank(row, column, None, style)


def _write_prefilled(paper: Paper, sheet: Worksheet, section: Section, row: int, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        field = section.table.by_name[name]
        written, style = as_written(field, value, paper.layout.language), paper.styles.table_cell(field)
        column = section.columns[name]
        if isinstance(written, date):
            sheet.write_datetime(row, column, written, style)
        elif isinstance(written, (int, float, Decimal)):
            sheet.write_number(row, column, float(written), style)
        else:
            sheet.write_string(row, column, str(written), style)


def _guard_heading(paper: Paper, sheet: Worksheet, section: Section, field: FieldDefinition) -> None:
    language, row, column = paper.layout.language, section.header_row, section.columns[field.name]
    label = field.label.to(language)
    options = {
        "validate": "list", "source": [label], "dropdown": False, "error_type": "stop",
        "error_title": shortened(sentence("blank-heading-stays").to(language), TITLE_LENGTH),
        "error_message": shortened(sentence("blank-heading-stays-why").to(language), MESSAGE_LENGTH),
    }  # fmt: skip
    if "," in label:
        cell, quoted = xl_rowcol_to_cell(row, column), label.replace('"', '""')
        options |= {"validate": "custom", "value": f'=EXACT({cell},"{quoted}")'}
        del options["source"], options["dropdown"]
    sheet.data_validation(row, column, row, column, options)


def _shade_while_open(paper: Paper, sheet: Worksheet, section: Section, field: FieldDefinition) -> None:
    """Shade an open cell that is needed: in rows in use, and in as many rows as the table needs at least."""
    column, first = section.columns[field.name], section.first_row
    own = [section.columns[other.name] for other in section.table.fields if not section.is_numbered(other)]
    used = f"COUNTA(${xl_col_to_name(min(own))}{first + 1}:${xl_col_to_name(max(own))}{first + 1})>0"
    least = f"ROW()<={section.header_row + 1 + section.table.min_rows}"
    cell, rank = f"${xl_col_to_name(column)}{first + 1}", paper.layout.asked_from(section, field)
    formula = f"=AND({TIER_NAME}>={rank},OR({used},{least}),LEN(TRIM({cell}))=0)"
    shade = paper.workbook.add_format({"bg_color": paper.styles.wanted})
    rule = {"type": "formula", "criteria": formula, "format": shade}
    sheet.conditional_format(first, column, section.last_row, column, rule)


def _width(paper: Paper, section: Section, field: FieldDefinition) -> float:
    if field.width:
        return field.width
    if section.is_numbered(field):
        return NUMBER_WIDTH
    language = paper.layout.language
    longest_word = max(_columns_of(word) for word in field.label.to(language).split())
    return max(_usual_width(paper, field), longest_word + HEADING_MARGIN)


def _usual_width(paper: Paper, field: FieldDefinition) -> float:
    language = paper.layout.language
    if field.type == "choice":
        return min(max(_columns_of(label.to(language)) for label in field.choices.values()) + 4, 30)
    if field.type == "reference":
        numbered = all(paper.layout.template.tables[table].prefix for table in field.to)
        return KEY_WIDTH if numbered else NAMED_WIDTH
    return WIDTHS[field.type]


def _heading_lines(paper: Paper, section: Section) -> int:
    lines = 1
    for field in section.table.fields:
        room = _width(paper, section, field) - HEADING_MARGIN + 1
        lines = max(lines, -(-int(_columns_of(field.label.to(paper.layout.language))) // max(int(room), 1)))
    return min(lines, 4)


def _columns_of(text: str) -> float:
    """Return the width of a text in characters, East Asian ones counting two."""
    return sum(2 if ord(character) >= EAST_ASIAN_FROM else 1 for character in text)


def _printed_width(paper: Paper, sections: list[Section]) -> float:
    return sum(
        _width(paper, section, field)
        for section in sections
        for field in section.table.fields
        if paper.layout.is_asked(section, field)
    )


def _frozen_columns(sections: list[Section]) -> int:
    """Return how many columns stay in sight: the row's number and the name beside it."""
    if len(sections) > 1:
        return 0
    fields = sections[0].table.fields
    return 2 if sections[0].is_numbered(fields[0]) and len(fields) > 3 else 1
