"""What a customer may see of computed numbers, proved by binding: SQL that reads a field which is not there fails.

A customer measure is bound a second time to tables without the fields that are never a customer's: it must bind. It
is bound a third time to tables with nothing but the customer's fields and rows: where it does not bind, it reads
internal fields or rows and needs a `release` with its reason (architecture.md, views; measures.md section 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from pipeline.definitions.rule_set import HeadlineDefinition, MeasureDefinition, SharedView
from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.errors import DefinitionFault
from pipeline.judge.binding import Spot
from pipeline.judge.context import SOMEDAY, calendar_macros
from pipeline.judge.earlier import seen_earlier
from pipeline.judge.schema import columns_of, create_table, quoted
from pipeline.judge.sql import explanation


@dataclass(frozen=True)
class ComputedNumber:
    """What a measure reads: its own SQL, or other measures by id."""

    sql: str | None
    inputs: tuple[str, ...] = ()


class Seen:
    """An empty database as an audience sees it: what reads more than that cannot be bound to it."""

    def __init__(self, tables: Iterable[tuple[TableDefinition, list[FieldDefinition]]], macros: Iterable[str],
                 views: Iterable[SharedView]) -> None:  # fmt: skip
        """Take the tables with their visible fields, the parameters' statements, and the views in order of need."""
        self._connection = duckdb.connect(":memory:", config={"threads": "1", "enable_external_access": "false"})
        for command in (*calendar_macros(SOMEDAY), *macros):
            self._connection.execute(command)
        visible = [(table, fields) for table, fields in tables if fields]
        for table, fields in visible:
            self._connection.execute(create_table(table.name, columns_of(table, fields)))
        for name, columns in seen_earlier(visible):
            self._connection.execute(create_table(name, columns))
        for view in views:
            if self.refusal(view.sql) is None:
                self._connection.execute(f"CREATE VIEW {quoted(view.id)} AS {view.sql}")

    def refusal(self, sql: str) -> str | None:
        """Return why SQL cannot be bound, None when it can."""
        try:
            self._connection.execute(f"DESCRIBE SELECT * FROM (\n{sql}\n)")
        except duckdb.Error as error:
            return explanation(error)
        return None

    def close(self) -> None:
        """Give the database back."""
        self._connection.close()


def never_seen(template: WorkbookTemplate) -> list[tuple[TableDefinition, list[FieldDefinition]]]:
    """Return all tables without the fields that are never a customer's."""
    return _tables(template, lambda _, field: field.customer != "never")


def customers_own(template: WorkbookTemplate) -> list[tuple[TableDefinition, list[FieldDefinition]]]:
    """Return the forms, and the tables all of whose rows are the customer's, with the customer's fields alone."""

    def is_seen(table: TableDefinition, field: FieldDefinition) -> bool:
        all_rows = template.is_form(table.name) or (table.customer_rows or "").strip().lower() == "true"
        return all_rows and field.customer == "yes"

    return _tables(template, is_seen)


def _tables(
    template: WorkbookTemplate, is_seen: Callable[[TableDefinition, FieldDefinition], bool]
) -> list[tuple[TableDefinition, list[FieldDefinition]]]:
    return [(table, [field for field in table.fields if is_seen(table, field)]) for table in template.tables.values()]


def customer_measure_faults(
    definitions: Iterable[MeasureDefinition], numbers: Mapping[str, ComputedNumber], open_to: Seen, own: Seen
) -> list[DefinitionFault]:
    """Return a fault for each customer measure that reads what is never a customer's, or internal without release."""
    definitions = tuple(definitions)
    answered_for = frozenset(definition.id for definition in definitions if definition.customer == "yes")
    faults = []
    for definition in definitions:
        if definition.customer != "yes" or definition.id not in numbers:
            continue
        spot = Spot(definition.place, f"measure {definition.id}")
        texts = _texts(definition.id, numbers, answered_for - {definition.id})
        refused = next((reason for text in texts if (reason := open_to.refusal(text))), None)
        internal = next((reason for text in texts if (reason := own.refusal(text))), None)
        if refused:
            faults.append(spot.fault(f"it reads what a customer must never see ({refused})", "customer"))
        elif internal and not definition.release:
            message = f"it reads internal fields or rows ({internal}); give the reason for showing it in `release`"
            faults.append(spot.fault(message, "customer"))
    return faults


def _texts(identity: str, numbers: Mapping[str, ComputedNumber], answered_for: frozenset[str]) -> list[str]:
    """Return all SQL that a measure rests on, through its inputs as far as they do not answer for themselves."""
    waiting, seen, texts = [identity], set(answered_for), list[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in numbers:
            continue
        seen.add(name)
        number = numbers[name]
        texts += [number.sql] if number.sql else []
        waiting += number.inputs
    return texts


def customer_headline_faults(
    definition: HeadlineDefinition, named: Iterable[str], customer_measures: frozenset[str]
) -> list[DefinitionFault]:
    """Return a fault for each measure that a customer headline names and a customer may not see."""
    if definition.customer != "yes":
        return []
    spot = Spot(definition.place, f"headline {definition.id}")
    hidden = sorted(set(named) - customer_measures)
    return [
        spot.fault(f"it is the customer's, but measure `{name}` is not (customer: yes)", "customer") for name in hidden
    ]
