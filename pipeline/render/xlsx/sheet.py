"""What all sheets of a report share: where the next row is, titles in three parts, print set-up, numbers and texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter.worksheet

from pipeline.formats import Formatter
from pipeline.model import CellRef, PlanView, Text
from pipeline.render.figures.data import filled_text
from pipeline.render.fonts import Style
from pipeline.render.text_layout import Piece, break_lines
from pipeline.render.xlsx.report import ReportSheet, Words
from pipeline.render.xlsx.styles import OUT_OF_SCALE, Styles
from pipeline.wording import raw

TITLE_ROWS = 5
EXCEL_TEXT = 32_767
"""Characters that a cell of Excel holds."""
_NOTE_SIZE, _NOTE_LINE = 9.0, 12.5
POINTS_OF_WIDTH, CELL_MARGIN = 5.25, 4.0
"""Points of one unit of column width (a digit of the default font), and what a cell keeps free at its sides."""


class ReportWorksheet(xlsxwriter.worksheet.Worksheet):  # type: ignore[misc] # XlsxWriter has no annotations
    """A worksheet that takes formulas as they are.

    XlsxWriter looks into each one for the functions of newer Excel versions, of which a report uses none; that takes as
    long as writing it.
    """

    def _prepare_formula(self, formula: str, *_: object) -> str:
        return formula.removeprefix("=")


@dataclass
class SheetWriter:
    """One worksheet being written, top to bottom; `row` is the next free row from 0.

    `cut` are the cells whose text is longer than Excel holds.
    """

    worksheet: Any
    definition: ReportSheet
    view: PlanView
    styles: Styles
    words: Words
    row: int = 0
    cut: list[CellRef] = field(default_factory=list)

    @property
    def formatter(self) -> Formatter:
        """Return what prints values in the report's language."""
        return Formatter(self.view.language, self.view.currency)

    def say(self, text: Text) -> str:
        """Return a text of the template in the report's language, its tags filled from the view."""
        return filled_text(text, self.view)

    def word(self, text: Text) -> str:
        """Return a plain text of the template in the report's language."""
        return text.to(self.view.language)

    def text(self, row: int, column: int, text: str, cell_format: Any) -> None:
        """Write a text as a text, whatever it begins with: data never becomes a formula or a link.

        One that is longer than a cell holds ends with an ellipsis, and is told in `cut`.
        """
        if len(text) > EXCEL_TEXT:
            self.cut.append(CellRef(self.worksheet.get_name(), row + 1, column + 1))
            text = f"{text[: EXCEL_TEXT - 1]}…"
        if text:
            self.worksheet.write_string(row, column, text, cell_format)
        else:
            self.worksheet.write_blank(row, column, None, cell_format)

    def number(self, row: int, column: int, value: object, cell_format: Any) -> None:
        """Write a number, or what stands for one that is not available."""
        plain = raw(value)
        if plain is None:
            self.text(row, column, self.word(self.words.not_available), cell_format)
        else:
            self.worksheet.write_number(row, column, float(plain) if isinstance(plain, Decimal) else plain, cell_format)

    def formula(self, row: int, column: int, formula: str, value: object, cell_format: Any) -> None:
        """Write a live formula with the value that the rules computed for it (None: not available)."""
        plain = raw(value)
        shown: object = self.word(self.words.not_available) if plain is None else plain
        if isinstance(shown, Decimal):
            shown = float(shown)
        self.worksheet.write_formula(row, column, formula, cell_format, shown)

    def title(self) -> None:
        """Write the message of the sheet, then who, what in which unit, and when."""
        definition, lines = self.definition, [self.definition.who, self.definition.what, self.definition.when]
        if definition.headline is not None:
            self.worksheet.set_row(0, 26)
            self.text(0, 0, self.say(definition.headline), self.styles.headline())
        for offset, line in enumerate(lines, start=1):
            self.text(offset, 0, self.say(line), self.styles.subject(bold=offset == 2))
        self.row = TITLE_ROWS

    def lines(self, text: str, width: float, size: float) -> int:
        """Return on how many lines a text stands in `width` units of column width, set in `size` points."""
        pieces = [Piece(text, Style(self.styles.brand.fonts.body, size))]
        return len(break_lines(pieces, width * POINTS_OF_WIDTH - CELL_MARGIN, self.styles.ruler))

    def notes(self, widths: Sequence[float]) -> None:
        """Write the sheet's notes, each over the columns of the table, which are so wide."""
        last_column = len(widths) - 1
        for note in self.definition.notes:
            text = self.say(note)
            if text:
                self.worksheet.merge_range(self.row, 0, self.row, last_column, "", self.styles.note())
                self.text(self.row, 0, text, self.styles.note())
                self.worksheet.set_row(self.row, _NOTE_LINE * self.lines(text, sum(widths), _NOTE_SIZE) + 3)
                self.row += 1

    def mark_out_of_scale(self, first_row: int, column: int) -> None:
        """Print shares beyond 1,000 % of one column as such, from `first_row` to the row before the next one."""
        for criteria, limit, number_format in OUT_OF_SCALE:
            rule = {
                "type": "cell",
                "criteria": criteria,
                "value": limit,
                "format": self.styles.out_of_scale(number_format),
            }
            self.worksheet.conditional_format(first_row, column, self.row - 1, column, rule)

    def print_setup(
        self,
        header_row: int | None = None,
        last_column: int | None = None,
        *,
        pages_tall: int = 0,
        portrait: bool = False,
    ) -> None:
        """Set A4, one page wide, the header repeated, footer with confidentiality and page numbers.

        Columns after `last_column` are not printed; `pages_tall` 0 lets the sheet run over as many pages as it needs.
        """
        sheet = self.worksheet
        sheet.hide_gridlines(2)
        if not portrait:
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, pages_tall)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        if header_row is not None:
            sheet.repeat_rows(header_row)
        if last_column is not None:
            sheet.print_area(0, 0, self.row, last_column)
        if self.words.draft is not None and self._any["document"]["is_draft"]:
            sheet.set_header(f"&R&8&B{self.word(self.words.draft)}")
        sheet.set_footer(f"&L&8{_plain_footer(self._footer())}&R&8&P / &N")

    def _footer(self) -> str:
        names, edition = self._any, self._any.get("edition")
        parts = [names["brand"]["footer"], names["brand"]["confidentiality"], str(names["as_of"])]
        number = [self.word(self.words.edition).replace("{number}", str(edition))] if edition else []
        return " · ".join([str(part) for part in parts if str(part)] + number)

    @property
    def _any(self) -> Any:
        return self.view.names


def _plain_footer(text: str) -> str:
    return text.replace("&", "&&")[:200]
