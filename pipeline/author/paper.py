"""What every sheet shares: title, help, link back, print set-up."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import quote_sheetname
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.author.layout import HELP_ROW, TITLE_ROW, Layout
from pipeline.author.lists import Lists
from pipeline.author.meter import Cells
from pipeline.author.styles import Styles
from pipeline.author.validation import Validation
from pipeline.definitions.brand import Brand
from pipeline.definitions.workbook_template import FieldDefinition, SheetDefinition
from pipeline.sentences import sentence

A4 = 9
MARKS = ("●", "◐", "○")


@dataclass(frozen=True)
class Paper:
    """The workbook being written, with all that its sheets share."""

    workbook: Workbook
    layout: Layout
    styles: Styles
    lists: Lists
    validation: Validation
    brand: Brand
    cells: Cells
    logo: bytes | None = None

    def head(self, sheet: Worksheet, definition: SheetDefinition, column: int, link_column: int) -> None:
        """Write the title and help of a sheet and a link back to the first guidance sheet."""
        language = self.layout.language
        sheet.set_row(TITLE_ROW, 30)
        sheet.set_row(HELP_ROW, 20)
        sheet.write_string(TITLE_ROW, column, self.layout.title(definition), self.styles.title())
        if definition.help:
            sheet.write_string(HELP_ROW, column, definition.help.to(language), self.styles.subtitle())
        guidance = [other for other in self.layout.template.sheets if other.kind == "guidance"]
        if guidance:
            title = self.layout.title(guidance[0])
            text = sentence("blank-back-to-start", sheet=title).to(language)
            self.link_to(sheet, TITLE_ROW, link_column, title, text)

    def set_up_printing(self, sheet: Worksheet, *, repeat: tuple[int, int] | None = None, pages_wide: int = 1) -> None:
        """Set landscape A4, fitted to width, with heading rows repeated and a footer of brand, sheet and page."""
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(pages_wide, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        footer = self.brand.footer.to(self.layout.language).replace("&", "&&")
        sheet.set_footer(f"&L&8{footer}&C&8&A&R&8{sentence('blank-page-of').to(self.layout.language)}")
        if repeat is not None:
            sheet.repeat_rows(*repeat)

    def mark(self, from_rank: int) -> str:
        """Return the mark of the tier that something is needed from: full for all, empty for the highest only."""
        highest = len(self.layout.template.tiers) - 1
        if from_rank <= 0 or highest <= 0:
            return MARKS[0]
        return MARKS[2] if from_rank >= highest else MARKS[1]

    def write_unit(self, sheet: Worksheet, row: int, column: int, field: FieldDefinition, mark: str = "") -> None:
        """Write a field's unit after its mark; for money without one the account's currency, live."""
        style = self.styles.quiet(indent=1)
        before = f"{mark} " if mark else ""
        currency = self.layout.role(self.layout.template.roles.currency)
        if field.unit is not None:
            sheet.write_string(row, column, f"{before}{field.unit.to(self.layout.language)}", style)
        elif field.type == "money" and currency is not None:
            section, source = currency
            cell, fallback = section.place(source.name), sentence("blank-account-currency").to(self.layout.language)
            shown = str(self.cells.get((section.table.name, source.name), fallback))
            sheet.write_formula(row, column, f'="{before}"&IF({cell}="","{fallback}",{cell})', style, before + shown)
        elif mark:
            sheet.write_string(row, column, mark, style)
        else:
            sheet.write_blank(row, column, None, style)

    def link_to(self, sheet: Worksheet, row: int, column: int, title: str, text: str) -> None:
        """Write a link to the top of another sheet."""
        sheet.write_url(row, column, f"internal:{quote_sheetname(title)}!A1", self.styles.link(), text)
