"""Rules about rows: checks and alerts that look at each row of a table, or at the rows of a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from pipeline.definitions.rule_set import AlertDefinition, Check
from pipeline.definitions.workbook_template import FieldDefinition, WorkbookTemplate
from pipeline.judge.binding import Binder, Columns, Spot, row_columns
from pipeline.judge.cells import CellIndex, flattened
from pipeline.judge.failing import rule_failing
from pipeline.judge.messages import Known, Message, bind_message
from pipeline.judge.numbers import exact
from pipeline.judge.rows import Rows, field_named
from pipeline.judge.schema import ROW, quoted
from pipeline.model import CellRef, Scalar
from pipeline.wording import ViewRow


@dataclass(frozen=True)
class RowRule:
    """A bound rule about rows: its query yields `_row` and what its message prints besides the row itself."""

    spot: Spot
    sql: str
    columns: Columns
    fields: Mapping[str, FieldDefinition | None]
    cell: str | None
    message: Message


@dataclass(frozen=True)
class RowHit:
    """One row that a rule is about."""

    number: int
    values: Mapping[str, Scalar]
    cell: CellRef | None
    table: str
    field: str | None


def bind_row_rule(
    binder: Binder, template: WorkbookTemplate, definition: Check | AlertDefinition, spot: Spot, known: Known
) -> RowRule | None:
    """Return a rule about rows ready to be asked, or None after adding its faults."""
    sql = _sql(binder, definition, spot)
    bound = None if sql is None else binder.select(sql, spot, "sql" if definition.sql else "where")
    if sql is None or bound is None:
        return None
    parsed, columns = bound
    if ROW not in columns:
        binder.faults.append(spot.fault("the query must yield `_row`, so that the finding has its cell", "sql"))
    _check_cell(binder, template, definition, spot)
    own = set(template.tables[definition.table].by_name) if definition.table in template.tables else set()
    message = _bound_message(binder, definition, spot, {**known, "row": own | set(columns)})
    if message is None or ROW not in columns:
        return None
    tables = binder.base_tables(parsed)
    fields = {name: field_named(template, name, tables) for name in columns if name not in row_columns(columns)}
    return RowRule(spot, sql, columns, fields, definition.cell, message)


def _sql(binder: Binder, definition: Check | AlertDefinition, spot: Spot) -> str | None:
    if definition.table in binder.broken:
        return None
    if definition.table is not None and definition.table not in binder.tables:
        binder.faults.append(spot.fault(f"`{definition.table}` is no table or form", "table"))
        return None
    if definition.sql is not None:
        return definition.sql
    if binder.expression(definition.where or "", spot, "where") is None:
        return None
    return f"SELECT {ROW} FROM {quoted(definition.table or '')} WHERE (\n{definition.where}\n) ORDER BY {ROW}"


def _check_cell(binder: Binder, template: WorkbookTemplate, definition: Check | AlertDefinition, spot: Spot) -> None:
    if definition.cell is None:
        return
    table, _, name = definition.cell.rpartition(".")
    table = table or ("" if definition.sql else definition.table or "")
    places = [template.tables[table]] if table in template.tables else [] if table else list(template.tables.values())
    if not any(name in place.by_name for place in places):
        binder.faults.append(spot.fault(f"`{definition.cell}` is no field", "cell"))


def _bound_message(binder: Binder, definition: Check | AlertDefinition, spot: Spot, known: Known) -> Message | None:
    if isinstance(definition, Check):
        return bind_message(binder, spot, "message", definition.message, known)
    return bind_message(binder, spot, "say", definition.say, known)


def hits(connection: duckdb.DuckDBPyConnection, rule: RowRule, cells: CellIndex) -> Iterator[RowHit]:
    """Yield the rows a rule is about, in the order of its query."""
    names = list(rule.columns)
    with rule_failing(rule.spot.place, rule.spot.about):
        records = connection.execute(rule.sql).fetchall()
    for record in records:
        values = dict(zip(names, record, strict=True))
        numbers = [*flattened([values[ROW]]), *sorted(flattened(values[name] for name in row_columns(rule.columns)))]
        if numbers:
            yield _hit(rule, cells, numbers, values)


def _hit(rule: RowRule, cells: CellIndex, numbers: list[int], values: Mapping[str, object]) -> RowHit:
    found = ((number, cells.cell(number, rule.cell)) for number in numbers) if rule.cell else ()
    number, cell = next(((number, cell) for number, cell in found if cell), (numbers[0], None))
    table, _ = cells.rows[number]
    field = rule.cell.rpartition(".")[2] if rule.cell and cell else None
    printable = {name: exact(values[name]) for name in rule.fields}
    return RowHit(numbers[0], printable, cell or cells.key_cell(number), table, field)


def row_names(rule: RowRule, hit: RowHit, rows: Rows) -> ViewRow:
    """Return the `row` of a message: the fields of the row, and over them what the query yields."""
    own = rows.row(hit.number)
    queried = {name: rows.dimension(rule.fields[name], value) for name, value in hit.values.items()}
    return ViewRow({**{name: own[name] for name in own}, **queried})
