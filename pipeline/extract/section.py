"""One form or table of a template, ready to read: its labels, its readers, what counts as prefilled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.definitions.workbook_template import FieldDefinition, SheetDefinition, TableDefinition, WorkbookTemplate
from pipeline.extract.conventions import Conventions
from pipeline.extract.labels import LabelIndex, index_labels
from pipeline.extract.values import Read, Reader, reader_for
from pipeline.model import Scalar

ROWS_PER_SECTION = 10_000_000
"""`Row.number` is the section's ordinal times this, plus the row in Excel: unique in a workbook, stable by place."""


@dataclass(frozen=True)
class Section:
    """A form or table with its sheet; `ordinal` from 1 in the order of the template."""

    sheet: SheetDefinition
    table: TableDefinition
    ordinal: int
    labels: LabelIndex = field(repr=False)

    @property
    def name(self) -> str:
        """Return the section's name."""
        return self.table.name

    @property
    def is_form(self) -> bool:
        """Return whether it is a form."""
        return self.sheet.kind == "form"

    @property
    def fields(self) -> Mapping[str, FieldDefinition]:
        """Return its fields by name."""
        return self.table.by_name

    def number(self, row: int) -> int:
        """Return the number of the row that stands in Excel's row `row`."""
        return self.ordinal * ROWS_PER_SECTION + row

    def readers(self, conventions: Conventions) -> dict[str, Reader]:
        """Return the reader of each field."""
        return {definition.name: reader_for(definition, conventions) for definition in self.table.fields}

    def prefilled(self) -> Prefilled:
        """Return what a row may hold without anybody having filled it in."""
        key = self.table.key[0] if self.table.prefix and self.table.key else None
        defaults = {item.name: item.default for item in self.table.fields if item.default is not None}
        return Prefilled(key, re.compile(rf"{self.table.prefix or ''}\d+"), defaults)


@dataclass(frozen=True)
class Prefilled:
    """A key such as O7, and defaults."""

    key: str | None
    key_form: re.Pattern[str]
    defaults: Mapping[str, Scalar]

    def holds(self, name: str, value: Read) -> bool:
        """Return whether a field's value is what a blank workbook has there."""
        if name == self.key:
            return isinstance(value, str) and self.key_form.fullmatch(value) is not None
        return name in self.defaults and value == self.defaults[name]

    @property
    def most(self) -> int:
        """Return how many fields of a row can be prefilled."""
        return len(self.defaults) + (self.key is not None)


def sections_of(template: WorkbookTemplate, language: str) -> dict[str, Section]:
    """Return every form and table by name, labels that stand for two fields meaning what they do in `language`."""
    return {
        name: Section(template.sheet_of[name], table, ordinal, index_labels(table.fields, language))
        for ordinal, (name, table) in enumerate(template.tables.items(), start=1)
    }
