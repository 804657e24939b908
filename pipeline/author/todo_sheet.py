"""The first sheet of an annotated copy: what to do, where, with links to the cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.utility import quote_sheetname

from pipeline.author.styles import EAST_ASIAN_FROM, EAST_ASIAN_LANGUAGES
from pipeline.author.todo_lines import TodoLine
from pipeline.definitions.brand import Brand
from pipeline.model import Severity
from pipeline.sentences import sentence

COLUMN_WIDTHS = {"A": 3, "B": 13, "C": 44, "D": 82, "E": 30}
TITLE_ROW, NOTE_ROW, HEADING_ROW = 2, 3, 5
LONGEST_TITLE = 31
LINE_HEIGHT = 15


def write_todo_sheet(
    workbook: Workbook, lines: Sequence[TodoLine], language: str, brand: Brand, *, list_only: bool = False
) -> None:
    """Add the list as first and active sheet; links lead to the first cell of each line."""
    sheet: Worksheet = workbook.create_sheet(_free_title(workbook, _phrase("heading", language)), 0)
    look = _Look(brand, language)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = brand.colours.adverse.removeprefix("#")
    for column, width in COLUMN_WIDTHS.items():
        sheet.column_dimensions[column].width = width
    _write(sheet, TITLE_ROW, 2, _phrase("heading", language), look.title())
    notes = [_phrase("copy", language)] + ([_phrase("list-only", language)] if list_only else [])
    _write(sheet, NOTE_ROW, 2, " ".join(notes), look.muted())
    _write_headings(sheet, language, look)
    for row, line in enumerate(lines, HEADING_ROW + 1):
        _write_line(sheet, row, line, language, look)
        if not list_only:
            _link(sheet, row, line, look, workbook.sheetnames)
    _set_up(workbook, sheet)


class _Look:
    """Fonts, fills and borders of the list."""

    def __init__(self, brand: Brand, language: str) -> None:
        self._colours = brand.colours
        self._family = brand.fonts.east_asian if language in EAST_ASIAN_LANGUAGES else brand.fonts.body

    def font(self, colour: str, *, size: float = 10.5, bold: bool = False) -> Font:
        return Font(name=self._family, sz=size, b=bold, color=colour.removeprefix("#"))

    def title(self) -> Font:
        return self.font(self._colours.accent_dark, size=18, bold=True)

    def text(self) -> Font:
        return self.font(self._colours.text)

    def muted(self) -> Font:
        return self.font(self._colours.muted)

    def link(self) -> Font:
        return Font(name=self._family, sz=10.5, u="single", color=self._colours.accent.removeprefix("#"))

    def severity(self, severity: Severity) -> Font:
        colours = self._colours
        by_severity = {Severity.ERROR: colours.adverse, Severity.WARNING: colours.caution}
        return self.font(by_severity.get(severity, colours.muted), bold=severity is Severity.ERROR)

    def heading(self) -> tuple[Font, PatternFill]:
        fill = self._colours.accent.removeprefix("#")
        return self.font(self._colours.on_accent, bold=True), PatternFill("solid", start_color=fill, end_color=fill)

    def rule(self) -> Border:
        return Border(bottom=Side(style="thin", color=self._colours.rule.removeprefix("#")))


def _write_headings(sheet: Worksheet, language: str, look: _Look) -> None:
    font, fill = look.heading()
    sheet.row_dimensions[HEADING_ROW].height = 22
    for column, code in enumerate(("todo-kind", "todo-where", "todo-task", "todo-stops"), 2):
        cell = _write(sheet, HEADING_ROW, column, sentence(code).to(language), font)
        cell.fill = fill
        cell.alignment = Alignment(horizontal="left", vertical="center", indent=1)


def _write_line(sheet: Worksheet, row: int, line: TodoLine, language: str, look: _Look) -> None:
    severity = _phrase(line.severity.value, language) if line.severity else ""
    place = line.place or (_phrase("whole-file", language) if line.severity else "")
    _write(sheet, row, 2, severity, look.severity(line.severity) if line.severity else look.text())
    _write(sheet, row, 3, place, look.text())
    _write(sheet, row, 4, line.message, look.text())
    _write(sheet, row, 5, line.stops, look.severity(Severity.ERROR) if line.stops else look.text())
    for column in range(2, 6):
        cell = sheet.cell(row, column)
        cell.border = look.rule()
        cell.alignment = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
    lines = max(_lines(line.message, 87), _lines(place, 40), _lines(line.stops, 26))
    sheet.row_dimensions[row].height = LINE_HEIGHT * lines + 6


def _link(sheet: Worksheet, row: int, line: TodoLine, look: _Look, titles: Sequence[str]) -> None:
    """Let the place lead to its first cell."""
    if line.sheet in titles:
        where = sheet.cell(row, 3)
        target = f"{quote_sheetname(line.sheet)}!{line.cell.a1 if line.cell else 'A1'}"
        where.hyperlink = Hyperlink(ref=where.coordinate, location=target, display=line.place)
        where.font = look.link()


def _lines(text: str, per_line: int) -> int:
    width = sum(2 if ord(character) >= EAST_ASIAN_FROM else 1 for character in text)
    return max(1, -(-width // per_line))


def _write(sheet: Worksheet, row: int, column: int, text: str, font: Font) -> Any:
    """Write a text as text, never as a formula."""
    cell = sheet.cell(row, column, str(ILLEGAL_CHARACTERS_RE.sub("", text)))
    cell.data_type = "s"
    cell.font = font
    return cell


def _set_up(workbook: Workbook, sheet: Worksheet) -> None:
    sheet.freeze_panes = f"A{HEADING_ROW + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    if sheet.oddFooter is not None:
        sheet.oddFooter.right.text, sheet.oddFooter.right.size = "&P / &N", 8
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is sheet
    workbook.active = 0


def _free_title(workbook: Workbook, wanted: str) -> str:
    taken, number, title = {name.casefold() for name in workbook.sheetnames}, 1, wanted
    while title.casefold() in taken:
        number += 1
        title = f"{wanted[: LONGEST_TITLE - 5]} ({number})"
    return title


def _phrase(code: str, language: str) -> str:
    return sentence(f"todo-{code}").to(language)
