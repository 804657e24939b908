"""What rows hold, as the ledger keeps it: exact texts by field, compared edition with edition by the rows' keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.formats import Formatter, exact
from pipeline.model import ExactText, Measure, Row, RowState, RowVersion, Scalar, Workbook

MEASURES = "measures"
"""The section whose rows are measures: no form or table may have this name."""
VALUE = "value"
"""The field of a measure that holds its value."""
RowKey = tuple[str, tuple[str, ...]]
"""Section and key of a row."""
Content = Mapping[RowKey, Mapping[str, ExactText]]
"""The values of rows by section and key."""


def row_states(template: WorkbookTemplate, workbook: Workbook) -> Iterator[RowState]:
    """Yield what every row of a workbook holds, in the order of the template and of the rows.

    A row whose key stands there before, which is a finding, gets its place among them as a further part of its key.
    """
    for name, table in template.tables.items():
        found = workbook.tables.get(name)
        seen = Counter[tuple[str, ...]]()
        for row in found.rows if found else ():
            key = _key(table, row)
            seen[key] += 1
            texts = {field.name: _text(row.values.get(field.name)) for field in table.fields}
            values = {name: text for name, text in texts.items() if text is not None}
            yield RowState(name, (*key, str(seen[key])) if seen[key] > 1 else key, values)


def _key(table: TableDefinition, row: Row) -> tuple[str, ...]:
    return tuple(str(exact(row.values.get(name)) or "") for name in table.key)


def _text(value: Scalar) -> ExactText | None:
    """Return a value as it is kept, None for an empty one; `no` is a value."""
    if isinstance(value, bool):
        return value
    return exact(value) or None


def measure_states(measures: Iterable[Measure]) -> Iterator[RowState]:
    """Yield the value of every single number; one that is n.a. has none."""
    for measure in measures:
        if not measure.by and len(measure.rows[0].series) == 1:
            text = _text(measure.quantity.value)
            yield RowState(MEASURES, (measure.id,), {} if text is None else {VALUE: text})


def content_of(states: Iterable[RowState]) -> dict[RowKey, Mapping[str, ExactText]]:
    """Return the values of rows by section and key, measures left out: they move with the day."""
    return {(state.section, state.key): state.values for state in states if state.section != MEASURES}


def states_in(versions: Iterable[RowVersion], edition: int) -> Iterator[RowState]:
    """Yield what rows held in one edition."""
    for version in versions:
        if version.first_edition <= edition and (version.last_edition is None or edition <= version.last_edition):
            yield version.state


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that two contents do not hold alike; None where one does not hold it at all."""

    section: str
    key: tuple[str, ...]
    before: Mapping[str, ExactText] | None
    after: Mapping[str, ExactText] | None

    @property
    def kind(self) -> str:
        """Return added, removed or changed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    def cells(self) -> Iterator[tuple[str, ExactText | None, ExactText | None]]:
        """Yield the fields that differ, each with the value before and after; None where it is empty."""
        before, after = self.before or {}, self.after or {}
        for name in dict.fromkeys([*after, *before]):
            if before.get(name) != after.get(name):
                yield name, before.get(name), after.get(name)


def differences(before: Content, after: Content) -> Iterator[RowDifference]:
    """Yield the rows that differ, in the order of `after`, and then those that are gone."""
    for (section, key), values in after.items():
        if before.get((section, key)) != values:
            yield RowDifference(section, key, before.get((section, key)), values)
    for (section, key), values in before.items():
        if (section, key) not in after:
            yield RowDifference(section, key, values, None)


def typed(field: FieldDefinition, kept: ExactText | None) -> Scalar:
    """Return a kept value as its field is declared; the text itself where the declaration was another one then."""
    return _as(field.type, kept)


def printed(field: FieldDefinition, kept: ExactText | None, formatter: Formatter) -> str:
    """Return a kept value as people read it: as its field prints, a choice by its label."""
    value = typed(field, kept)
    if isinstance(value, str):
        return field.choices[value].to(formatter.language) if value in field.choices else value
    return formatter.print(value, field.type)


def measure_value(unit: str, kept: ExactText | None) -> Scalar:
    """Return the kept value of a measure with this unit; the text itself where the unit was another one then."""
    return _as(unit if unit in ("text", "date", "month", "yes_no") else "number", kept)


def _as(kind: str, kept: ExactText | None) -> Scalar:
    if kept is None or isinstance(kept, bool):
        return kept
    if isinstance(kept, list):
        return tuple(kept)
    try:
        match kind:
            case "integer":
                return int(kept)
            case "number" | "money" | "percent":
                return Decimal(kept)
            case "date" | "month":
                return date.fromisoformat(kept)
            case _:
                return kept
    except (ValueError, InvalidOperation):
        return kept
