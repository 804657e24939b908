"""Where every field of a template lies in a blank workbook.

Rows and columns count from 0, as XlsxWriter counts them. A form has its labels in one column and the values to the
right; a table has a row of marks and units above its headings, and its rows below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell

from pipeline.definitions.workbook_template import FieldDefinition, SheetDefinition, TableDefinition, WorkbookTemplate

TITLE_ROW, HELP_ROW = 0, 1
FORM_TOP_ROW = 2
MARK_COLUMN, LABEL_COLUMN, VALUE_COLUMN, UNIT_COLUMN, HINT_COLUMN = range(5)
BLANK_ROWS = 24


@dataclass(frozen=True)
class Section:
    """A form or table and its place: `rows` by field name for a form, `columns` by field name for a table.

    Validation, lists and the completeness meter of a table reach down to `last_row`, well below the rows written,
    so that a table may grow.
    """

    sheet: SheetDefinition
    table: TableDefinition
    title: str
    is_form: bool
    rows: Mapping[str, int]
    columns: Mapping[str, int]
    header_row: int

    @property
    def first_row(self) -> int:
        """Return the first row of a table below its headings."""
        return self.header_row + 1

    @property
    def blank_rows(self) -> int:
        """Return how many rows of a table are written, filled from `prefill` or empty."""
        asked = BLANK_ROWS if self.table.blank_rows is None else self.table.blank_rows
        return max(asked, len(self.table.prefill), self.table.min_rows, 1)

    @property
    def last_written_row(self) -> int:
        """Return the last row that belongs to the table as written."""
        return self.header_row + self.blank_rows

    @property
    def last_row(self) -> int:
        """Return the last row that validation and meter look at."""
        return self.header_row + max(1000, 10 * self.blank_rows)

    @property
    def key(self) -> str | None:
        """Return the field that references to this table name, None when the key has several fields."""
        return self.table.key[0] if len(self.table.key) == 1 else None

    def place(self, field: str) -> str:
        """Return the absolute range of a field, such as `'Service levels'!$B$5:$B$1004`, or the cell of a form's."""
        if self.is_form:
            cell = xl_rowcol_to_cell(self.rows[field], VALUE_COLUMN, row_abs=True, col_abs=True)
            return f"{quote_sheetname(self.title)}!{cell}"
        column = self.columns[field]
        area = xl_range_abs(self.first_row, column, self.last_row, column)
        return f"{quote_sheetname(self.title)}!{area}"

    def is_numbered(self, field: FieldDefinition) -> bool:
        """Return whether this field carries the row's number (O1, O2 …)."""
        return self.table.prefix is not None and field.name == self.key


@dataclass(frozen=True)
class Layout:
    """All sections of a workbook in one language, for an account of `tier`."""

    template: WorkbookTemplate
    language: str
    tier: str | None

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """Return every form and table by name, in the order of the sheets."""
        return {section.table.name: section for sheet in self.template.sheets for section in self._of_sheet(sheet)}

    @cached_property
    def metered(self) -> tuple[Section, ...]:
        """Return the sections that completeness looks at for any tier: forms and tables with a required field."""
        return tuple(
            section
            for section in self.sections.values()
            if section.sheet.kind in ("form", "table") and not section.sheet.lookup and self.required(section)
        )

    def required(self, section: Section) -> tuple[FieldDefinition, ...]:
        """Return the fields of a section that some tier must fill in."""
        return tuple(field for field in section.table.fields if field.required)

    def asked_from(self, section: Section, field: FieldDefinition) -> int:
        """Return the rank of the first tier that is asked for a field."""
        sheet, own = section.sheet.from_tier, field.from_tier
        return max(self.rank(sheet), self.rank(own))

    def rank(self, from_tier: str | None) -> int:
        """Return the rank of the tier something begins at; 0 when it belongs to all."""
        return 0 if from_tier is None else self.template.rank(from_tier)

    @property
    def own_rank(self) -> int:
        """Return the rank of the account's tier; without one the highest, so that nothing is left out."""
        return self.template.rank(self.tier)

    def is_asked(self, section: Section, field: FieldDefinition) -> bool:
        """Return whether the account's tier is asked for a field."""
        return self.asked_from(section, field) <= self.own_rank

    def role(self, path: str | None) -> tuple[Section, FieldDefinition] | None:
        """Return the form and field of a role such as `account.currency`, None where the template has no such role."""
        table, _, name = (path or "").partition(".")
        section = self.sections.get(table)
        if section is None or not section.is_form:
            return None
        return section, section.table.by_name[name]

    def title(self, sheet: SheetDefinition) -> str:
        """Return the sheet's title in the workbook's language."""
        return sheet.sheet.to(self.language)

    def _of_sheet(self, sheet: SheetDefinition) -> list[Section]:
        title = self.title(sheet)
        if sheet.kind == "form":
            table = sheet.sections[0]
            return [Section(sheet, table, title, is_form=True, rows=_form_rows(table), columns={}, header_row=0)]
        sections, column = [], 0
        header_row = 4 if sheet.kind == "tables" else 3
        for table in sheet.sections:
            columns = {field.name: column + position for position, field in enumerate(table.fields)}
            sections.append(Section(sheet, table, title, False, {}, columns, header_row))  # noqa: FBT003 - no form
            column += len(table.fields) + 1
        return sections


def _form_rows(table: TableDefinition) -> dict[str, int]:
    rows, row = {}, FORM_TOP_ROW - 1
    for field in table.fields:
        row += 3 if field.heading else 1
        rows[field.name] = row
    return rows
