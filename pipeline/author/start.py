"""The guidance sheet: how to fill the workbook in, what the marks mean, and how complete it is, live."""

from __future__ import annotations

import textwrap

from xlsxwriter.worksheet import Worksheet

from pipeline.author import phrases
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
from pipeline.author.styles import mixed
from pipeline.definitions.workbook_template import SheetDefinition

GUIDE_COLUMN, MARK_COLUMN, SHEET_COLUMN, FILLED_COLUMN, REQUIRED_COLUMN, OPEN_COLUMN, PROGRESS_COLUMN = 1, 3, 4, 5, 6, 7, 8
COLUMN_WIDTHS = (2.5, 88, 4, 4, 26, 9, 9, 9, 28)
GUIDE_WIDTH = 104
TOP_ROW = 3


def write_start(paper: Paper, sheet: Worksheet, definition: SheetDefinition, calculations: Calculations) -> None:
    """Write the guidance sheet with its meter."""
    sheet.hide_gridlines(2)
    for column, width in enumerate(COLUMN_WIDTHS):
        sheet.set_column(column, column, width)
    _write_title(paper, sheet, definition)
    _write_guide(paper, sheet, definition)
    _write_legend(paper, sheet, _write_meter(paper, sheet, calculations) + 2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    paper.set_up_printing(sheet)
    sheet.fit_to_pages(1, 1)


def _write_title(paper: Paper, sheet: Worksheet, definition: SheetDefinition) -> None:
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
    if all(ord(character) < 0x2E80 for character in paragraph):
        return textwrap.wrap(paragraph, width)
    per_line = width // 2
    return [paragraph[start : start + per_line] for start in range(0, len(paragraph), per_line)]


def _write_meter(paper: Paper, sheet: Worksheet, calculations: Calculations) -> int:
    """Write the meter and return the row below it."""
    layout, styles = paper.layout, paper.styles
    counts = [blank_count(layout, section, paper.cells) for section in layout.metered]
    _write_totals(paper, sheet, calculations, counts)
    titles = (phrases.SHEET, phrases.CELLS_FILLED, phrases.CELLS_REQUIRED, phrases.STILL_OPEN, phrases.PROGRESS)
    first, rule = TOP_ROW + 5, {"bottom": 1, "bottom_color": styles.colours.rule}
    sheet.write_blank(first - 1, MARK_COLUMN, None, styles.quiet(**rule))
    for column, title in enumerate(titles, SHEET_COLUMN):
        look = {"align": "left", "indent": int(column == PROGRESS_COLUMN)}
        if column in (FILLED_COLUMN, REQUIRED_COLUMN, OPEN_COLUMN):
            look = {"align": "right"}
        sheet.write_string(first - 1, column, title.to(layout.language), styles.quiet(**look, **rule))
    for position, (section, count) in enumerate(zip(layout.metered, counts, strict=True)):
        _write_section(paper, sheet, calculations, first + position, (position, section, count))
    _draw_bars(paper, sheet, first, first + max(len(counts), 1) - 1)
    return first + len(counts)


def _write_totals(paper: Paper, sheet: Worksheet, calculations: Calculations, counts: list[Count]) -> None:
    language, styles = paper.layout.language, paper.styles
    for column in range(MARK_COLUMN, PROGRESS_COLUMN + 1):
        sheet.write_blank(TOP_ROW, column, None, styles.heading())
    sheet.write_string(TOP_ROW, SHEET_COLUMN, phrases.COMPLETENESS.to(language), styles.heading())
    totals = ((phrases.FILLED, FILLED_SHARE, "filled"), (phrases.ANSWERED, ANSWERED_SHARE, "answered"))
    for row, (label, column, attribute) in enumerate(totals, TOP_ROW + 1):
        share = mean_share([(count.required, getattr(count, attribute)) for count in counts])
        big = styles.make(num_format="0%", align="left", indent=1, bold=True, font_size=12, font_color=styles.colours.accent_dark)
        sheet.write_formula(row, PROGRESS_COLUMN, f"={calculations.mean(column)}", big, float(share))
        sheet.write_string(row, SHEET_COLUMN, label.to(language), styles.make(bold=True))
    sheet.write_string(TOP_ROW + 3, SHEET_COLUMN, phrases.METER_NOTE.to(language), styles.quiet())
    _draw_bars(paper, sheet, TOP_ROW + 1, TOP_ROW + 2)


def _write_section(
    paper: Paper, sheet: Worksheet, calculations: Calculations, row: int, metered: tuple[int, Section, Count]
) -> None:
    position, section, count = metered
    styles, nothing = paper.styles, phrases.NOTHING_NEEDED.to(paper.layout.language)
    required, filled, share = (calculations.of_section(position, column) for column in (REQUIRED, FILLED, FILLED_SHARE))
    mark = paper.mark(paper.layout.rank(section.sheet.from_tier))
    sheet.write_string(row, MARK_COLUMN, mark, styles.quiet(font_color=styles.colours.accent, align="center"))
    paper.link_to(sheet, row, SHEET_COLUMN, section.title, section.title)
    numbers = (
        (FILLED_COLUMN, f"{filled}", count.filled),
        (REQUIRED_COLUMN, f"{required}", count.required),
        (OPEN_COLUMN, f"{required}-{filled}", count.required - count.filled),
    )
    for column, formula, value in numbers:
        shown = value if count.required else ""
        sheet.write_formula(
            row, column, f'=IFERROR(IF({required}=0,"",{formula}),"")', styles.make(num_format="0", align="right"), shown
        )
    known = count.filled / count.required if count.required else nothing
    bar = styles.make(num_format="0%", align="left", indent=1, font_size=9.5)
    sheet.write_formula(row, PROGRESS_COLUMN, f'=IF({share}="","{nothing}",{share})', bar, known)


def _draw_bars(paper: Paper, sheet: Worksheet, first: int, last: int) -> None:
    """Draw a bar from 0 to 100 % behind each share."""
    bar = {
        "type": "data_bar", "bar_solid": True, "bar_color": mixed(paper.styles.colours.accent, "#FFFFFF", 0.55),
        "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1, "bar_border_color": paper.styles.colours.rule,
    }  # fmt: skip
    sheet.conditional_format(first, PROGRESS_COLUMN, last, PROGRESS_COLUMN, bar)


def _write_legend(paper: Paper, sheet: Worksheet, row: int) -> None:
    language, styles, layout = paper.layout.language, paper.styles, paper.layout
    for column in range(MARK_COLUMN, PROGRESS_COLUMN + 1):
        sheet.write_blank(row, column, None, styles.heading())
    sheet.write_string(row, SHEET_COLUMN, phrases.LEGEND.to(language), styles.heading())
    lines = [(paper.mark(0), phrases.NEEDED_BY_ALL.to(language))]
    for rank, tier in enumerate(layout.template.tiers[1:], 1):
        lines.append((paper.mark(rank), phrases.NEEDED_FROM.to(language).format(tier=tier_label(layout, tier))))
    for offset, (mark, text) in enumerate(lines, 1):
        look = styles.quiet(font_color=styles.colours.accent, align="center")
        sheet.write_string(row + offset, MARK_COLUMN, mark, look)
        sheet.write_string(row + offset, SHEET_COLUMN, text, styles.make())
    last = row + len(lines) + 1
    sheet.write_blank(last, MARK_COLUMN, None, styles.make(bg_color=styles.wanted, border=1, border_color=styles.colours.rule))
    sheet.write_string(last, SHEET_COLUMN, phrases.SHADED.to(language), styles.make())
