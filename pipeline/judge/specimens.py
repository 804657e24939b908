"""Workbooks that nobody filled in: the emptiest one and one with something everywhere, to try templates on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.model import CellRef, Row, Scalar, Table, Workbook

ACCOUNT = "X-000"
"""Id and name of the account in a specimen."""
_ROWS = 2
_NUMBERS = ("integer", "number", "money", "percent")


def empty_specimen(template: WorkbookTemplate) -> Workbook:
    """Return a workbook with empty tables, of an account that has an id and a name and nothing else."""
    return _workbook(template, {name: () for name in template.tables if not template.is_form(name)})


def full_specimen(template: WorkbookTemplate, day: date) -> Workbook:
    """Return a workbook in which each form is filled and each table has a full row and one with what is required.

    Dates are `day`, months the one it lies in; references name rows of the same place in the table they point into.
    """
    writer = _Writer(template, day)
    return _workbook(template, {name: writer.rows(table) for name, table in template.tables.items()})


def _workbook(template: WorkbookTemplate, rows: dict[str, tuple[Row, ...]]) -> Workbook:
    tables = {}
    for number, table in enumerate(template.tables.values()):
        found = rows.get(table.name, (Row(number, dict.fromkeys(table.by_name)),))
        if template.is_form(table.name):
            found = tuple(_identified(template, table, row) for row in found[:1])
        tables[table.name] = Table(table.name, table.name, found)
    return Workbook("", "", template.template, template.version, "en", tables)


def _identified(template: WorkbookTemplate, form: TableDefinition, row: Row) -> Row:
    named = [path.partition(".")[2] for path in (template.roles.id, template.roles.name)
             if path.partition(".")[0] == form.name]  # fmt: skip
    return Row(row.number, {**row.values, **dict.fromkeys(named, ACCOUNT)}, row.unknown, row.cells)


@dataclass
class _Writer:
    template: WorkbookTemplate
    day: date
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def rows(self, table: TableDefinition) -> tuple[Row, ...]:
        return tuple(self._row(table, place) for place in range(_ROWS))

    def _row(self, table: TableDefinition, place: int) -> Row:
        values = {item.name: self._value(table, item, place) for item in table.fields}
        cells = {name: CellRef(table.name, place + 1, column) for column, name in enumerate(values, start=1)}
        return Row(next(self._numbers), values, frozenset(), cells)

    def _value(self, table: TableDefinition, item: FieldDefinition, place: int) -> Scalar:
        is_needed = item.required or item.name in table.key or item.type == "yes_no"
        if place and not is_needed:
            return None
        if item.name in table.key and item.type not in ("reference", *_NUMBERS, "date", "month", "choice"):
            return self._key(table, place)
        return self._filled(table, item, place)

    def _key(self, table: TableDefinition, place: int) -> str:
        return f"{table.prefix or table.name}{place + 1}"

    def _filled(self, table: TableDefinition, item: FieldDefinition, place: int) -> Scalar:
        if item.type in _NUMBERS:
            return self._number(item, place)
        if item.type in ("reference", "references"):
            others = [name for name in item.to if name != table.name]
            keys = tuple(self._key(self.template.tables[name], place) for name in others[:1])
            return keys if item.type == "references" else next(iter(keys), None)
        makers: dict[str, Callable[[], Scalar]] = {
            "date": lambda: self.day,
            "month": lambda: self.day.replace(day=1),
            "yes_no": lambda: True,
            "choice": lambda: next(iter(item.choices)),
            "email": lambda: "x@x.example",
            "url": lambda: "https://x.example",
            "picture": lambda: None,
        }
        return makers.get(item.type, lambda: "x")()

    def _number(self, item: FieldDefinition, place: int) -> Scalar:
        wanted = Decimal(place + 1) / (2 if item.type == "percent" else 1)
        bounded = max(wanted if item.max is None else min(wanted, item.max), item.min or wanted)
        return int(bounded) if item.type == "integer" else bounded
