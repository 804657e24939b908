"""What all sheets of a report share: where the next row is, titles in three parts, print set-up, numbers and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter.worksheet

from pipeline.formats import Formatter
from pipeline.model import PlanView, Text
from pipeline.render.figures.data import filled_text
from pipeline.render.xlsx.report import ReportSheet, Words
from pipeline.render.xlsx.styles import OUT_OF_SCALE, Styles
from pipeline.wording import raw

TITLE_ROWS = 5
_EXCEL_TEXT = 32_767


class ReportWorksheet(xlsxwriter.worksheet.Worksheet):  # type: ignore[misc] # XlsxWriter has no annotations
    """A worksheet that takes formulas as they are.

    XlsxWriter looks into each one for the functions of newer Excel versions, of which a report uses none; that takes as
    long as writing it.
    """

    def _prepare_formula(self, formula: str, *_: object) -> str:
        return formula.removeprefix("=")


@dataclass
class SheetWriter:
    """One worksheet being written, top to bottom; `row` is the next free row from 0."""

    worksheet: Any
    definition: ReportSheet
    view: PlanView
    styles: Styles
    words: Words
    row: int = 0
    widths: dict[int, float] = field(default_factory=dict)

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
        """Write a text as a text, whatever it begins with: data never becomes a formula or a link."""
        if text:
            self.worksheet.write_string(row, column, text[:_EXCEL_TEXT], cell_format)
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

    def notes(self, last_column: int) -> None:
        """Write the sheet's notes, each over the width of the table."""
        for note in self.definition.notes:
            text = self.say(note)
            if text:
                self.worksheet.merge_range(self.row, 0, self.row, last_column, "", self.styles.note())
                self.text(self.row, 0, text, self.styles.note())
                self.worksheet.set_row(self.row, 13.0 * (1 + len(text) // 110))
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
