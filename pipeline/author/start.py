"""The guidance sheet: how to fill the workbook in, what the marks mean, and how complete it is, live."""

from __future__ import annotations

import io
import textwrap

from PIL import Image
from xlsxwriter.worksheet import Worksheet

from pipeline.author.layout import Section
from pipeline.author.meter import (
    ANSWERED_SHARE,
    FILLED,
    FILLED_SHARE,
    REQUIRED,
    Calculations,
    Count,
    blank_count,
    mean_share,
    tier_label,
)
from pipeline.author.paper import Paper
from pipeline.author.styles import EAST_ASIAN_FROM, mixed
from pipeline.definitions.workbook_template import SheetDefinition
from pipeline.sentences import sentence

GUIDE_COLUMN, MARK_COLUMN, SHEET_COLUMN = 1, 3, 4
FILLED_COLUMN, REQUIRED_COLUMN, OPEN_COLUMN, PROGRESS_COLUMN = 5, 6, 7, 8
COLUMN_WIDTHS = (2.5, 88, 4, 4, 26, 9, 9, 9, 28)
GUIDE_WIDTH = 100
LOGO_HEIGHT = 34
"""Pixels."""
NEVER_FIRST = "、。，．）」』！？ー・々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
"""What no Japanese line begins with."""
TOP_ROW, SECTIONS_ROW = 3, 8


def write_start(paper: Paper, sheet: Worksheet, definition: SheetDefinition, calculations: Calculations) -> None:
    """Write the guidance sheet with its meter."""
    sheet.hide_gridlines(2)
    for column, width in enumerate(COLUMN_WIDTHS):
        sheet.set_column(column, column, width)
    _write_title(paper, sheet)
    if paper.logo is not None:
        _insert_logo(paper, sheet, paper.logo)
    _write_guide(paper, sheet, definition)
    _Meter(paper, sheet, calculations).write()
    _write_legend(paper, sheet, SECTIONS_ROW + len(paper.layout.metered) + 2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    paper.set_up_printing(sheet)
    sheet.fit_to_pages(1, 1)


def _write_title(paper: Paper, sheet: Worksheet) -> None:
    layout, styles = paper.layout, paper.styles
    sheet.set_row(0, 34)
    sheet.write_string(0, GUIDE_COLUMN, layout.template.title.to(layout.language), styles.title())
    role = layout.role(layout.template.roles.name)
    if role is None:
        return
    section, field = role
    cell, shown = section.place(field.name), paper.cells.get((section.table.name, field.name), "")
    sheet.set_row(1, 22)
    name = styles.make(font_size=13, font_color=styles.colours.muted, valign="top")
    sheet.write_formula(1, GUIDE_COLUMN, f'={cell}&""', name, shown)


def _insert_logo(paper: Paper, sheet: Worksheet, logo: bytes) -> None:
    """Draw the logo at the right of the title, as high as the title's row."""
    factor = LOGO_HEIGHT / _height_of_png(logo)
    placed = {
        "image_data": io.BytesIO(logo), "x_scale": factor, "y_scale": factor, "object_position": 3, "y_offset": 8,
        "description": paper.brand.name,
    }  # fmt: skip
    sheet.insert_image(0, PROGRESS_COLUMN, f"{paper.brand.brand}.png", placed)


def _height_of_png(content: bytes) -> float:
    """Return the height in which XlsxWriter draws a PNG by itself, in pixels at 96 dots per inch."""
    with Image.open(io.BytesIO(content)) as image:
        resolution = image.info.get("dpi", (96.0, 96.0))[1]
        return float(image.height * 96 / resolution)


def _write_guide(paper: Paper, sheet: Worksheet, definition: SheetDefinition) -> None:
    """Write one line of text per row, so that neither the meter beside it nor another screen moves it."""
    row, text = TOP_ROW, definition.text.to(paper.layout.language) if definition.text else ""
    for paragraph in text.splitlines():
        if paragraph.startswith("# "):
            row += 1 if row > TOP_ROW else 0
            sheet.write_string(row, GUIDE_COLUMN, paragraph[2:].strip(), paper.styles.heading())
            row += 1
            continue
        for line in lines_of(paragraph, GUIDE_WIDTH):
            sheet.write_string(row, GUIDE_COLUMN, line, paper.styles.make())
            row += 1


def lines_of(paragraph: str, width: int) -> list[str]:
    """Return a paragraph in lines of about `width` characters; East Asian text breaks between any two."""
    if all(ord(character) < EAST_ASIAN_FROM for character in paragraph):
        return textwrap.wrap(paragraph, width)
    lines, line, used = [], "", 0
    for character in paragraph:
        used += 2 if ord(character) >= EAST_ASIAN_FROM else 1
        if used > width and character not in NEVER_FIRST:
            lines.append(line)
            line, used = "", 2
        line += character
    return [*lines, line]


class _Meter:
    """Writes how complete the workbook is: two totals, and one row per section with a bar."""

    def __init__(self, paper: Paper, sheet: Worksheet, calculations: Calculations) -> None:
        self._paper, self._sheet, self._calculations = paper, sheet, calculations
        self._styles, self._sections = paper.styles, paper.layout.metered
        self._counts = [blank_count(paper.layout, section, paper.cells) for section in self._sections]

    def write(self) -> None:
        _write_heading(self._paper, self._sheet, TOP_ROW, "completeness")
        self._write_total(
            TOP_ROW + 1, "filled", FILLED_SHARE, [(count.required, count.filled) for count in self._counts]
        )
        answered = [(count.required, count.answered) for count in self._counts]
        self._write_total(TOP_ROW + 2, "answered", ANSWERED_SHARE, answered)
        self._sheet.write_string(TOP_ROW + 3, SHEET_COLUMN, self._say("meter-note"), self._styles.quiet())
        self._write_column_titles(SECTIONS_ROW - 1)
        for position, (section, count) in enumerate(zip(self._sections, self._counts, strict=True)):
            self._write_section(SECTIONS_ROW + position, position, section, count)
        self._draw_bars(TOP_ROW + 1, TOP_ROW + 2)
        self._draw_bars(SECTIONS_ROW, SECTIONS_ROW + max(len(self._counts), 1) - 1)

    def _say(self, code: str) -> str:
        return sentence(f"blank-{code}").to(self._paper.layout.language)

    def _write_total(self, row: int, code: str, column: int, counts: list[tuple[int, int]]) -> None:
        self._sheet.write_string(row, SHEET_COLUMN, self._say(code), self._styles.make(bold=True))
        share = self._styles.make(
            num_format="0%",
            align="left",
            indent=1,
            bold=True,
            font_size=12,
            font_color=self._styles.colours.accent_dark,
        )
        formula = f"={self._calculations.mean(column)}"
        self._sheet.write_formula(row, PROGRESS_COLUMN, formula, share, float(mean_share(counts)))

    def _write_column_titles(self, row: int) -> None:
        rule = {"bottom": 1, "bottom_color": self._styles.colours.rule}
        self._sheet.write_blank(row, MARK_COLUMN, None, self._styles.quiet(**rule))
        codes = ("sheet", "cells-filled", "cells-required", "still-open", "progress")
        for column, code in enumerate(codes, SHEET_COLUMN):
            is_number = column in (FILLED_COLUMN, REQUIRED_COLUMN, OPEN_COLUMN)
            look = {"align": "right"} if is_number else {"align": "left", "indent": int(column == PROGRESS_COLUMN)}
            self._sheet.write_string(row, column, self._say(code), self._styles.quiet(**look, **rule))

    def _write_section(self, row: int, position: int, section: Section, count: Count) -> None:
        styles, place = self._styles, self._calculations.of_section
        required, filled = place(position, REQUIRED), place(position, FILLED)
        mark = self._paper.mark(self._paper.layout.rank(section.sheet.from_tier))
        self._sheet.write_string(row, MARK_COLUMN, mark, styles.quiet(font_color=styles.colours.accent, align="center"))
        self._paper.link_to(self._sheet, row, SHEET_COLUMN, section.title, section.title)
        self._write_number(row, FILLED_COLUMN, required, filled, count.filled if count.required else None)
        self._write_number(row, REQUIRED_COLUMN, required, required, count.required or None)
        still_open = count.required - count.filled if count.required else None
        self._write_number(row, OPEN_COLUMN, required, f"{required}-{filled}", still_open)
        self._write_share(row, place(position, FILLED_SHARE), count)

    def _write_number(self, row: int, column: int, required: str, formula: str, value: int | None) -> None:
        style = self._styles.make(num_format="0", align="right")
        shown = "" if value is None else value
        self._sheet.write_formula(row, column, f'=IFERROR(IF({required}=0,"",{formula}),"")', style, shown)

    def _write_share(self, row: int, share: str, count: Count) -> None:
        nothing = self._say("nothing-needed")
        known = count.filled / count.required if count.required else nothing
        style = self._styles.make(num_format="0%", align="left", indent=1, font_size=9.5)
        self._sheet.write_formula(row, PROGRESS_COLUMN, f'=IF({share}="","{nothing}",{share})', style, known)

    def _draw_bars(self, first: int, last: int) -> None:
        """Draw a bar from 0 to 100 % behind each share."""
        colours = self._styles.colours
        bar = {
            "type": "data_bar", "bar_solid": True, "bar_color": mixed(colours.accent, colours.background, 0.55),
            "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1, "bar_border_color": colours.rule,
        }  # fmt: skip
        self._sheet.conditional_format(first, PROGRESS_COLUMN, last, PROGRESS_COLUMN, bar)


def _write_heading(paper: Paper, sheet: Worksheet, row: int, code: str) -> None:
    for column in range(MARK_COLUMN, PROGRESS_COLUMN + 1):
        sheet.write_blank(row, column, None, paper.styles.heading())
    text = sentence(f"blank-{code}").to(paper.layout.language)
    sheet.write_string(row, SHEET_COLUMN, text, paper.styles.heading())


def _write_legend(paper: Paper, sheet: Worksheet, row: int) -> None:
    """Write what the marks mean, and the shade of a needed cell that is still open."""
    language, styles, layout = paper.layout.language, paper.styles, paper.layout
    _write_heading(paper, sheet, row, "legend")
    lines = [(paper.mark(0), sentence("blank-needed-by-all"))]
    for rank, tier in enumerate(layout.template.tiers[1:], 1):
        lines.append((paper.mark(rank), sentence("blank-needed-from", tier=tier_label(layout, tier))))
    for below, (mark, text) in enumerate(lines, row + 1):
        look = styles.quiet(font_color=styles.colours.accent, align="center")
        sheet.write_string(below, MARK_COLUMN, mark, look)
        sheet.write_string(below, SHEET_COLUMN, text.to(language), styles.make())
    last = row + len(lines) + 1
    shade = styles.make(bg_color=styles.wanted, border=1, border_color=styles.colours.rule)
    sheet.write_blank(last, MARK_COLUMN, None, shade)
    sheet.write_string(last, SHEET_COLUMN, sentence("blank-shaded").to(language), styles.make())
