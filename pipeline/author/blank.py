"""Blank workbooks for people to fill in."""

from __future__ import annotations

import io
from datetime import datetime

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.author.forms import write_form
from pipeline.author.layout import Layout
from pipeline.author.lists import SHEET as LISTS_SHEET
from pipeline.author.lists import Lists
from pipeline.author.marks import write_marks
from pipeline.author.meter import SHEET as CALCULATIONS_SHEET
from pipeline.author.meter import TIER_NAME, TIER_ROW, Calculations, Cells
from pipeline.author.named_styles import with_named_styles
from pipeline.author.paper import Paper
from pipeline.author.start import write_start
from pipeline.author.styles import BODY_SIZE, Styles
from pipeline.author.tables import TABLE_STYLE, write_table_sheet
from pipeline.author.validation import Validation
from pipeline.author.values import as_written
from pipeline.definitions.brand import Brand
from pipeline.definitions.workbook_template import SheetDefinition, WorkbookTemplate

CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed day, not an instant: equal definitions make equal bytes


def blank_workbook(
    template: WorkbookTemplate,
    brand: Brand,
    *,
    tier: str | None,
    language: str,
    account_id: str | None = None,
    name: str | None = None,
    logo: bytes | None = None,
) -> bytes:
    """Return a workbook (.xlsx) to fill in, with guidance, validation and a live completeness meter.

    Sheets and fields that begin above `tier` are there and hidden; None shows all. Labels are in `language` where
    the template has it. `account_id` and `name` are filled in when given; `logo` (PNG) stands on the guidance sheet.
    Equal arguments give equal bytes.
    """
    layout = Layout(template, language, tier)
    cells = initial_cells(layout, account_id=account_id, name=name)
    buffer = io.BytesIO()
    workbook = _new_workbook(buffer, layout, brand)
    titles = [layout.title(definition) for definition in template.sheets]
    sheets = {title: workbook.add_worksheet(title) for title in titles}
    calculations = Calculations(workbook.add_worksheet(CALCULATIONS_SHEET), layout, cells)
    lists_sheet = workbook.add_worksheet(LISTS_SHEET)
    lists = Lists(workbook, lists_sheet, layout, calculations)
    paper = Paper(
        workbook, layout, Styles(workbook, brand, language), lists, Validation(layout, lists), brand, cells, logo
    )
    calculations.write()
    workbook.define_name(TIER_NAME, f"={CALCULATIONS_SHEET}!$B${TIER_ROW + 1}")
    for definition in template.sheets:
        _write_sheet(paper, sheets[layout.title(definition)], definition, calculations)
    write_marks(workbook.add_worksheet, layout)
    _hide(workbook, (CALCULATIONS_SHEET, LISTS_SHEET))
    workbook.close()
    return with_named_styles(buffer.getvalue(), paper.styles.members(), brand.colours, TABLE_STYLE)


def initial_cells(layout: Layout, *, account_id: str | None, name: str | None) -> Cells:
    """Return what the forms of a blank workbook hold: defaults, tier, language, and the account where it is known."""
    cells: dict[tuple[str, str], object] = {}
    for section in layout.sections.values():
        for field in section.table.fields if section.is_form else ():
            if field.default is not None:
                cells[section.table.name, field.name] = as_written(field, field.default, layout.language)
    roles = layout.template.roles
    given = {roles.tier: layout.tier, roles.language: layout.language, roles.id: account_id, roles.name: name}
    for path, value in given.items():
        role = layout.role(path)
        if role is not None and value is not None:
            section, field = role
            cells[section.table.name, field.name] = as_written(field, value, layout.language)
    return cells


def _new_workbook(buffer: io.BytesIO, layout: Layout, brand: Brand) -> Workbook:
    workbook = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    title = layout.template.title.to(layout.language)
    workbook.set_properties({"title": title, "author": brand.name, "company": brand.name, "created": CREATED})
    workbook.set_calc_mode("auto")
    font = Styles(workbook, brand, layout.language).font
    workbook.formats[0].set_font_name(font)
    workbook.formats[0].set_font_size(BODY_SIZE)
    return workbook


def _write_sheet(paper: Paper, sheet: Worksheet, definition: SheetDefinition, calculations: Calculations) -> None:
    layout = paper.layout
    sections = [section for section in layout.sections.values() if section.sheet is definition]
    if definition.kind == "guidance":
        write_start(paper, sheet, definition, calculations)
        sheet.set_tab_color(paper.styles.colours.accent_dark)
    elif definition.kind == "form":
        write_form(paper, sheet, sections[0])
        sheet.set_tab_color(paper.styles.colours.accent)
    else:
        write_table_sheet(paper, sheet, sections)
        sheet.set_tab_color(paper.styles.colours.rule if definition.lookup else paper.styles.colours.accent)
    if layout.rank(definition.from_tier) > layout.own_rank:
        sheet.hide()


def _hide(workbook: Workbook, titles: tuple[str, ...]) -> None:
    for title in titles:
        sheet = workbook.get_worksheet_by_name(title)
        if sheet is not None:
            sheet.very_hidden()
