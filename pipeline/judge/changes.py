"""What changed since the edition that a plan is compared with, and how it is told in a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.formats import Formatter
from pipeline.judge.earlier import Past
from pipeline.judge.numbers import NO_DATA
from pipeline.judge.rows import plain_value
from pipeline.model import Change, ExactText, Measure, Quantity, Scalar
from pipeline.row_states import (
    MEASURES,
    VALUE,
    RowDifference,
    content_of,
    differences,
    measure_value,
    states_in,
    typed,
)
from pipeline.wording import Value, ViewRow

NO_HISTORY = "no_history"
_BETWEEN_KEYS = " · "


def changes_since(past: Past, template: WorkbookTemplate) -> tuple[Change, ...]:
    """Return what differs from the edition that `past` is compared with, in the order of the template."""
    if past.compared is None:
        return ()
    before = content_of(states_in(past.history.versions, past.compared.number))
    found = [item for item in differences(before, past.now) if item.section in template.tables]
    places = {name: place for place, name in enumerate(template.tables)}
    found.sort(key=lambda item: places[item.section])
    return tuple(change for item in found for change in _changes(template.tables[item.section], item))


def measures_before(past: Past, measures: Iterable[Measure]) -> dict[str, Quantity]:
    """Return what each single number was in the edition that `past` is compared with."""
    edition = past.compared.number if past.compared else 0
    states = states_in(past.history.versions, edition)
    kept = {state.key[0]: state.values.get(VALUE) for state in states if state.section == MEASURES}
    singles = (measure for measure in measures if not measure.by and len(measure.rows[0].series) == 1)
    return {measure.id: _before(measure, kept) for measure in singles}


def _before(measure: Measure, kept: Mapping[str, ExactText | None]) -> Quantity:
    if measure.id not in kept:
        return Quantity(None, NO_HISTORY)
    value = measure_value(measure.unit, kept[measure.id])
    return Quantity(None, NO_DATA) if value is None else Quantity(value)


def _changes(table: TableDefinition, found: RowDifference) -> Iterator[Change]:
    key, name = tuple(_key(table, found.key)), _name(table, found)
    if found.kind != "changed":
        yield Change(table.name, key, found.kind, name=name)
        return
    for field_name, old, new in found.cells():
        field = table.by_name.get(field_name)
        if field is not None:
            yield Change(table.name, key, found.kind, field_name, typed(field, old), typed(field, new), name)


def _key(table: TableDefinition, key: tuple[str, ...]) -> Iterator[Scalar]:
    """Yield the values of a row's key; a further part tells rows with the same key apart."""
    fields = [table.by_name[name] for name in table.key]
    for place, text in enumerate(key):
        yield typed(fields[place], text) if place < len(fields) else text


def _name(table: TableDefinition, found: RowDifference) -> Scalar:
    values = found.before if found.after is None else found.after
    if values is None or table.named_by is None:
        return None
    return typed(table.by_name[table.named_by], values.get(table.named_by))


def printed_changes(changes: Iterable[Change], template: WorkbookTemplate, formatter: Formatter) -> Iterator[ViewRow]:
    """Yield changes as rows whose values print: `place` counts the changes of one table, of which there are `of`."""
    changes = tuple(changes)
    totals, places = Counter(change.table for change in changes), Counter[str]()
    for change in changes:
        places[change.table] += 1
        counted = {"place": places[change.table], "of": totals[change.table]}
        yield ViewRow({**_printed(change, template, formatter), **counted})


def _printed(change: Change, template: WorkbookTemplate, formatter: Formatter) -> dict[str, object]:
    table = template.tables.get(change.table)
    field = table.by_name.get(change.field) if table and change.field else None
    named_by = table.by_name.get(table.named_by) if table and table.named_by else None
    return {
        "table": Value(_title(template, change.table, formatter.language), "text", formatter),
        "key": Value(_printed_key(table, change.key, formatter), "text", formatter),
        "name": _printed_value(named_by, change.name, formatter),
        "kind": Value(change.kind, "text", formatter),
        "field": Value(field.label.to(formatter.language) if field else None, "text", formatter),
        "old": _printed_value(field, change.old, formatter),
        "new": _printed_value(field, change.new, formatter),
    }


def _title(template: WorkbookTemplate, name: str, language: str) -> str:
    table = template.tables.get(name)
    return name if table is None else (table.title or template.sheet_of[name].sheet).to(language)


def _printed_key(table: TableDefinition | None, key: tuple[Scalar, ...], formatter: Formatter) -> str | None:
    fields = [table.by_name[name] for name in table.key] if table else []
    parts = [
        str(_printed_value(fields[place] if place < len(fields) else None, value, formatter))
        for place, value in enumerate(key)
        if value not in (None, "")
    ]
    return _BETWEEN_KEYS.join(parts) or None


def _printed_value(field: FieldDefinition | None, value: Scalar, formatter: Formatter) -> Value:
    """Return a value that prints by its field, as text where it is none of the field's type any more."""
    if field is None or (isinstance(value, str) and field.type in ("integer", "number", "money", "percent", "date")):
        return Value(value, "text", formatter)
    return plain_value(field, value, formatter)
