"""Rows of a workbook as templates see them: values that print themselves in one language, references that lead on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipeline.definitions.workbook_template import FieldDefinition, WorkbookTemplate
from pipeline.formats import Formatter
from pipeline.judge.references import REFERENCES
from pipeline.model import Audience, CellRef, Row, Scalar, Workbook
from pipeline.wording import Value, ViewRow


@dataclass(frozen=True)
class Sight:
    """What one audience may see of a workbook: fields by their mark, rows by number."""

    template: WorkbookTemplate
    audience: Audience
    customer_rows: frozenset[int]

    def fields(self, table: str) -> tuple[FieldDefinition, ...]:
        """Return the fields of a table that may be seen."""
        fields = self.template.tables[table].fields
        if self.audience is Audience.INTERNAL:
            return fields
        return tuple(field for field in fields if field.customer == "yes")

    def shows_field(self, table: str, name: str) -> bool:
        """Return whether a field of a table may be seen."""
        return any(field.name == name for field in self.fields(table))

    def shows_row(self, row: Row) -> bool:
        """Return whether a row may be seen."""
        return self.audience is Audience.INTERNAL or row.number in self.customer_rows


class Rows:
    """The rows that may be seen, made when first asked for; each is made once, so that references may go in circles."""

    def __init__(self, workbook: Workbook, sight: Sight, formatter: Formatter) -> None:
        """Take a workbook, what may be seen of it, and the formatter of one language."""
        self._workbook, self._sight, self._formatter = workbook, sight, formatter
        self._seen = {
            row.number: (name, row)
            for name, table in workbook.tables.items()
            for row in table.rows
            if sight.shows_row(row)
        }
        self._keys = {name: self._numbers_by_key(name) for name in workbook.tables}
        self._views: dict[int, ViewRow] = {}
        self._pending: list[tuple[int, dict[str, object]]] = []

    def _numbers_by_key(self, table: str) -> dict[str, int]:
        key = self._sight.template.tables[table].key
        if not key:
            return {}
        rows = [row for row in self._workbook.tables[table].rows if row.number in self._seen]
        return {str(row.values[key[0]]): row.number for row in reversed(rows) if row.values.get(key[0]) is not None}

    def table(self, name: str) -> tuple[ViewRow, ...]:
        """Return the rows of a table."""
        return tuple(self.row(row.number) for row in self._workbook.tables[name].rows if row.number in self._seen)

    def form(self, name: str) -> ViewRow:
        """Return a form; one that is missing, or may not be seen, has empty fields or none."""
        found = self.table(name)
        empty = {field.name: Value(None, field.type, self._formatter) for field in self._sight.fields(name)}
        return found[0] if found else ViewRow(empty)

    def row(self, number: int) -> ViewRow:
        """Return one row; raise KeyError for a row that may not be seen."""
        view = self._made(number)
        while self._pending:
            waiting, names = self._pending.pop()
            table, row = self._seen[waiting]
            names |= {field.name: self._value(field, row) for field in self._sight.fields(table)}
        return view

    def _made(self, number: int) -> ViewRow:
        if number not in self._views:
            if number not in self._seen:
                raise KeyError(number)
            names: dict[str, object] = {}
            self._views[number] = ViewRow(names)
            self._pending.append((number, names))
        return self._views[number]

    def _value(self, field: FieldDefinition, row: Row) -> Value:
        value = row.values.get(field.name)
        if field.type in REFERENCES:
            return self._reference(field, value, row.cells.get(field.name))
        return plain_value(field, value, self._formatter, row.cells.get(field.name))

    def dimension(self, field: FieldDefinition | None, value: Scalar) -> Value:
        """Return the value of a measure's dimension; `field` is the field it is taken from, if one."""
        if field is None:
            return Value(value, _kind_of(value), self._formatter)
        if field.type in REFERENCES:
            return self._dimension_reference(field, value)
        return plain_value(field, value, self._formatter)

    def _dimension_reference(self, field: FieldDefinition, value: Scalar) -> Value:
        found = self._target(field, str(value)) if value is not None else None
        shown = None if found is None else self._name_of(found)
        return Value(value, "reference", self._formatter, shown=shown, label=field.label.to(self._formatter.language))

    def _reference(self, field: FieldDefinition, value: Scalar, source: CellRef | None) -> Value:
        """Return a reference that prints the name of its row and leads to it.

        For the customer what is not there shows nothing; internally a key without row shows itself.
        """
        keys = value if isinstance(value, tuple) else () if value is None else (str(value),)
        found = [(key, self._target(field, key)) for key in keys]
        if self._sight.audience is Audience.CUSTOMER:
            found = [(key, number) for key, number in found if number is not None and self._name_of(number)]
        shown = ", ".join((self._name_of(number) if number is not None else None) or key for key, number in found)
        targets = tuple(self._made(number) for _, number in found if number is not None)
        kept: Scalar = tuple(key for key, _ in found) if isinstance(value, tuple) else (found[0][0] if found else None)
        target = targets if isinstance(value, tuple) else next(iter(targets), None)
        label = field.label.to(self._formatter.language)
        return Value(kept, field.type, self._formatter, shown=shown, target=target, label=label, source=source)

    def _target(self, field: FieldDefinition, key: str) -> int | None:
        return next((self._keys[name][key] for name in field.to if key in self._keys.get(name, {})), None)

    def _name_of(self, number: int) -> str | None:
        """Return what names a row for people, as far as it may be seen: its `named_by` field, else its key."""
        table, row = self._seen[number]
        definition = self._sight.template.tables[table]
        names = [name for name in (definition.named_by, *definition.key[:1]) if name]
        seen = (row.values.get(name) for name in names if self._sight.shows_field(table, name))
        return next((str(value) for value in seen if value is not None), None)


def plain_value(field: FieldDefinition, value: Scalar, formatter: Formatter, source: CellRef | None = None) -> Value:
    """Return a field's value that prints by its type and knows its cell; a choice prints its label."""
    shown = None
    if field.type == "choice" and value in field.choices:
        shown = field.choices[str(value)].to(formatter.language)
    return Value(value, field.type, formatter, shown=shown, label=field.label.to(formatter.language), source=source)


def _kind_of(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes_no"
    return "date" if isinstance(value, date) else "number" if isinstance(value, int | Decimal) else "text"


def field_named(template: WorkbookTemplate, name: str, tables: frozenset[str]) -> FieldDefinition | None:
    """Return the field that a column of SQL is taken from: that of its name, in the tables read before any other."""
    read = [table for key, table in template.tables.items() if key in tables]
    return next((table.by_name[name] for table in read if name in table.by_name), None)
