"""Workbook templates: what a workbook must contain (`workbook_templates/<name>/template.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from pipeline.definitions.base import Definition, LocalText, Mark
from pipeline.model import Text

FieldType = Literal[
    "text", "long_text", "integer", "number", "money", "percent", "date", "month", "choice", "yes_no",
    "email", "url", "person", "reference", "references", "picture",
]  # fmt: skip
SheetKind = Literal["form", "table", "tables", "guidance"]
_NAME = r"^[a-z][a-z0-9_]*$"


class FieldDefinition(Definition):
    """One field of a form or table.

    `customer`: yes (the customer may see it), no (internal, releasable), never. `from_tier`: the first tier asked for
    it. `min`, `max` bound numbers (percent as a fraction). `to` names the tables a reference may point into.
    `heading` opens a new part of a form above this field.
    """

    name: str = Field(pattern=_NAME)
    label: LocalText
    type: FieldType
    required: bool = False
    from_tier: str | None = None
    customer: Mark = "no"
    help: LocalText | None = None
    heading: LocalText | None = None
    aliases: tuple[str, ...] = ()
    choices: dict[str, LocalText] = Field(default_factory=dict)
    to: tuple[str, ...] = ()
    default: str | int | bool | Decimal | None = None
    unit: LocalText | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    pattern: str | None = None
    since: int = 1
    width: int | None = Field(default=None, ge=4, le=80)

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"this is no pattern that text can be compared with: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _is_consistent(self) -> FieldDefinition:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("`choices` belong to type choice, and a choice needs them")
        if (self.type in ("reference", "references")) != bool(self.to):
            raise ValueError("`to` belongs to references, and a reference needs it")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """Return every text under which the field may stand in a workbook: labels of all languages, then aliases."""
        return (*dict.fromkeys(self.label.by_language.values()), *self.aliases)


class TableDefinition(Definition):
    """A form or a table: named fields. A table has a unique required `key`; `prefix` prefills it (O1, O2 …).

    `customer_rows` is an SQL condition over the row: which rows the customer may see (none where it is absent).
    `prefill` are rows written into a blank workbook, by field name, each value a scalar or a map by language.
    `named_by` is the field that names a row for people wherever its key would stand in a document.
    """

    name: str = Field(pattern=_NAME)
    title: LocalText | None = None
    fields: tuple[FieldDefinition, ...] = Field(min_length=1)
    key: tuple[str, ...] = ()
    named_by: str | None = None
    prefix: str | None = Field(default=None, pattern=r"^[A-Z]{1,3}$")
    min_rows: int = 0
    customer_rows: str | None = None
    prefill: tuple[dict[str, Any], ...] = ()
    blank_rows: int | None = Field(default=None, ge=0, le=2000)

    @model_validator(mode="after")
    def _names_are_unique(self) -> TableDefinition:
        _check_names(self)
        return self

    @cached_property
    def by_name(self) -> dict[str, FieldDefinition]:
        """Return the fields by name."""
        return {field.name: field for field in self.fields}


def _check_names(table: TableDefinition | SheetDefinition) -> None:
    """Raise ValueError when a field name stands twice, or `key`, `named_by` or `prefill` name no field."""
    names = [field.name for field in table.fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"field {', '.join(twice)} stands here twice")
    named = {"key": table.key, "named_by": filter(None, [table.named_by]), "prefill": {*chain(*table.prefill)}}
    for key, found in named.items():
        missing = sorted(set(found) - set(names))
        if missing:
            raise ValueError(f"{key} {', '.join(missing)} is no field")


class SheetDefinition(Definition):
    """One sheet: a form, a table, several tables, or guidance text; from the tier `from_tier` on."""

    sheet: LocalText
    kind: SheetKind
    name: str | None = Field(default=None, pattern=_NAME)
    from_tier: str | None = None
    fields: tuple[FieldDefinition, ...] = ()
    key: tuple[str, ...] = ()
    named_by: str | None = None
    prefix: str | None = None
    min_rows: int = 0
    customer_rows: str | None = None
    prefill: tuple[dict[str, Any], ...] = ()
    blank_rows: int | None = None
    tables: tuple[TableDefinition, ...] = ()
    text: LocalText | None = None
    help: LocalText | None = None
    aliases: tuple[str, ...] = ()
    freshness_days: int = 180
    lookup: bool = False
    """Lists that other fields point into; no section of completeness."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> SheetDefinition:
        if self.kind in ("form", "table") and not (self.name and self.fields):
            raise ValueError(f"a {self.kind} needs `name` and `fields`")
        if self.kind == "tables" and not self.tables:
            raise ValueError("a sheet of kind tables needs `tables`")
        if self.kind == "guidance" and self.text is None:
            raise ValueError("a guidance sheet needs `text`")
        if self.kind == "table" and not self.key:
            raise ValueError("a table needs a `key`")
        _check_names(self)
        return self

    @cached_property
    def sections(self) -> tuple[TableDefinition, ...]:
        """Return the form or tables on this sheet."""
        if self.kind in ("form", "table"):
            table = TableDefinition(
                name=self.name or "", title=self.sheet, fields=self.fields, key=self.key, named_by=self.named_by,
                prefix=self.prefix, min_rows=self.min_rows, customer_rows=self.customer_rows, prefill=self.prefill,
                blank_rows=self.blank_rows,
            )  # fmt: skip
            table._place = self._place  # noqa: SLF001 - the same base class
            return (table,)
        return self.tables

    @property
    def titles(self) -> tuple[str, ...]:
        """Return every title the sheet may have in a workbook."""
        return (*dict.fromkeys(self.sheet.by_language.values()), *self.aliases)


class Recipients(Definition):
    """Who gets the customer's document: the rows of `table` for which `when` (SQL) holds, at the address in `email`."""

    table: str
    email: str
    when: str


class Roles(Definition):
    """What the engine needs to know of a workbook: `form.field` for each role."""

    id: str
    name: str
    tier: str | None = None
    currency: str | None = None
    row_currency: str | None = None
    language: str | None = None
    customer_language: str | None = None
    owner: str | None = None
    owner_email: str | None = None
    deputy: str | None = None
    customer_domains: str | None = None
    recipients: Recipients | None = None


class WorkbookTemplate(Definition):
    """A complete workbook template."""

    template: str = Field(pattern=_NAME)
    version: int = Field(ge=1)
    title: LocalText
    roles: Roles
    tiers: tuple[str, ...] = ()
    sheets: tuple[SheetDefinition, ...] = Field(min_length=1)

    @cached_property
    def tables(self) -> dict[str, TableDefinition]:
        """Return every form and table by name, in the order of the sheets."""
        return {table.name: table for sheet in self.sheets for table in sheet.sections}

    @cached_property
    def sheet_of(self) -> dict[str, SheetDefinition]:
        """Return the sheet of each form and table by its name."""
        return {table.name: sheet for sheet in self.sheets for table in sheet.sections}

    def is_form(self, name: str) -> bool:
        """Return whether `name` is a form (one row) rather than a table."""
        return self.sheet_of[name].kind == "form"

    def field(self, path: str) -> FieldDefinition:
        """Return the field at `table.field`; raise KeyError when there is none."""
        table, _, name = path.partition(".")
        return self.tables[table].by_name[name]

    def rank(self, tier: str | None) -> int:
        """Return the position of a tier; no or an unknown tier counts as the highest, so that nothing is left out."""
        return self.tiers.index(tier) if tier in self.tiers else max(len(self.tiers) - 1, 0)

    def asks(self, from_tier: str | None, tier: str | None) -> bool:
        """Return whether what begins at `from_tier` is asked of an account of `tier`."""
        return from_tier is None or self.rank(from_tier) <= self.rank(tier)

    def asked_sections(self, tier: str | None) -> Iterator[tuple[SheetDefinition, TableDefinition]]:
        """Yield the forms and tables that an account of `tier` is asked for, lists and guidance left out."""
        for sheet in self.sheets:
            if sheet.kind in ("form", "table") and not sheet.lookup and self.asks(sheet.from_tier, tier):
                yield sheet, sheet.sections[0]

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages a workbook may be written in, those of the template's title or labels."""
        found: dict[str, None] = {}
        for text in self._texts():
            found.update(dict.fromkeys(text.by_language))
        return tuple(found)

    def _texts(self) -> Iterator[Text]:
        yield self.title
        for sheet in self.sheets:
            yield sheet.sheet
