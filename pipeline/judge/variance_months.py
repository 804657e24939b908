"""The rows of a variance rule, added up to one record for each leaf and month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import duckdb

from pipeline.definitions.rule_set import VarianceDefinition
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.judge.binding import Binder, Columns, Spot, row_columns
from pipeline.judge.cells import flattened
from pipeline.judge.failing import rule_failing
from pipeline.judge.numbers import exact
from pipeline.judge.schema import ROW, quoted
from pipeline.model import Scalar

ACTUAL, OUTLOOK = "AC", "FC"
INCOME, COST, NEUTRAL, MIXED = "income", "cost", "neutral", "mixed"
_FLAGS = ("unknown", "missing")
_EXACT = ("DECIMAL", "BIGINT", "HUGEINT", "INTEGER", "SMALLINT", "TINYINT")


@dataclass(frozen=True)
class BoundVariance:
    """A variance rule whose SQL is bound; `scenarios` maps AC, FC and the references to columns of its rows."""

    definition: VarianceDefinition
    sql: str
    scenarios: Mapping[str, str]
    flags: tuple[tuple[str, str], ...]
    """(scenario, unknown or missing) for each column that says so."""
    row_columns: tuple[str, ...]
    dimension_types: Columns
    tables: frozenset[str]

    @cached_property
    def other_rows(self) -> frozenset[str]:
        """Return the columns of row numbers that belong to one scenario only."""
        return frozenset(f"{ROW}_{column}" for column in self.scenarios.values())


@dataclass(frozen=True)
class LeafMonth:
    """What one leaf has in one month: unsigned amounts by scenario (None: no value), flags, row numbers by column."""

    leaf: tuple[Scalar, ...]
    period: date
    nature: str
    amounts: Mapping[str, Decimal | None]
    flags: frozenset[tuple[str, str]]
    rows: Mapping[str, frozenset[int]]

    @property
    def line(self) -> Scalar:
        """Return the first dimension."""
        return self.leaf[0]

    def has(self, scenario: str) -> bool:
        """Return whether there is an amount."""
        return self.amounts.get(scenario) is not None


def bind_variance(binder: Binder, template: WorkbookTemplate, definition: VarianceDefinition) -> BoundVariance | None:
    """Return a variance ready to be asked, or None after adding its faults.

    Its rows yield the period, the dimensions, a column for each scenario and row numbers; `<column>_unknown` marks
    known gaps, `<column>_missing` says that an amount that should be there is not (then it, not the general rule of
    measures.md 1.6, decides for that scenario), `_row_<column>` names other rows that the amount was taken from.
    """
    spot = Spot(definition.place, f"variance {definition.id}")
    bound = binder.select(definition.rows, spot, "rows")
    if bound is None:
        return None
    parsed, columns = bound
    scenarios = {ACTUAL: definition.value, **definition.references}
    if definition.outlook is not None:
        scenarios[OUTLOOK] = definition.outlook
    faults = [*_column_faults(spot, definition, scenarios, columns), *_setting_faults(spot, definition)]
    nature = _nature(spot, template, definition, columns, faults)
    binder.faults.extend(faults)
    if faults:
        return None
    flags = tuple((key, flag) for key, name in scenarios.items() for flag in _FLAGS if f"{name}_{flag}" in columns)
    sql = _sql(definition, scenarios, flags, columns, nature)
    if binder.described(sql, spot, "order") is None:
        return None
    dimensions = {name: columns[name] for name in definition.by}
    return BoundVariance(
        definition, sql, scenarios, flags, row_columns(columns), dimensions, binder.base_tables(parsed)
    )


def _column_faults(
    spot: Spot, definition: VarianceDefinition, scenarios: Mapping[str, str], columns: Columns
) -> Iterator[Any]:
    if not row_columns(columns):
        yield spot.fault("`rows` must yield `_row` or `_row_<table>`, so that the cells can be named", "rows")
    for name in definition.by:
        if name not in columns:
            yield spot.fault(f"`by` names {name}, which `rows` does not yield", "by")
    for code, name in scenarios.items():
        if name not in columns:
            yield spot.fault(f"`{name}` ({code}) is no column of `rows`", "rows")
        elif not columns[name].startswith(_EXACT):
            yield spot.fault(f"`{name}` is {columns[name]}; amounts must be exact decimals", "rows")
    if columns.get(definition.period) != "DATE":
        yield spot.fault(f"`rows` must yield {definition.period} as DATE, the first day of the month", "rows")


def _setting_faults(spot: Spot, definition: VarianceDefinition) -> Iterator[Any]:
    if "outlook" in definition.spans and definition.outlook is None:
        yield spot.fault("span outlook needs `outlook`, the column of the forecast", "spans")
    if definition.unit in ("percent", "points"):
        yield spot.fault("ratios do not add up; compare them by a formula in points", "unit")
    if not definition.by:
        yield spot.fault("`by` needs at least one dimension", "by")


def _nature(
    spot: Spot, template: WorkbookTemplate, definition: VarianceDefinition, columns: Columns, faults: list[Any]
) -> str:
    """Return the SQL of a row's nature: a column, one of the three words, or `table.field` by the first dimension."""
    text = definition.nature
    if text in (INCOME, COST, NEUTRAL):
        return f"'{text}'"
    if text in columns:
        return quoted(text)
    table, _, field = text.partition(".")
    known = template.tables.get(table)
    if known is None or field not in known.by_name or len(known.key) != 1:
        faults.append(
            spot.fault(f"`{text}` is neither a column of `rows` nor a field of a table with one key", "nature")
        )
        return "''"
    source = f"SELECT any_value({quoted(field)}) FROM {quoted(table)}"
    return f"({source} WHERE {quoted(known.key[0])} = placed.{quoted(definition.by[0] if definition.by else '')})"


def _sql(
    definition: VarianceDefinition, scenarios: Mapping[str, str], flags: tuple[tuple[str, str], ...],
    columns: Columns, nature: str,
) -> str:  # fmt: skip
    keys = [*(quoted(name) for name in definition.by), quoted(definition.period)]
    amounts = [f"sum({quoted(name)})" for name in scenarios.values()]
    marks = [f"bool_or(coalesce({quoted(f'{scenarios[code]}_{flag}')}, false))" for code, flag in flags]
    lists = [f"list({quoted(name)})" for name in row_columns(columns)]
    order = f"ORDER BY {definition.order}" if definition.order else ""
    selected = ", ".join([*keys, "any_value(nature_of_row)", *amounts, *marks, *lists])
    placed = f"SELECT *, row_number() OVER ({order}) AS position_of_row FROM (\n{definition.rows}\n)"
    natured = f"SELECT *, {nature} AS nature_of_row FROM ({placed}) AS placed"
    return f"SELECT {selected} FROM ({natured}) GROUP BY {', '.join(keys)} ORDER BY min(position_of_row)"


def leaf_months(connection: duckdb.DuckDBPyConnection, variance: BoundVariance) -> tuple[LeafMonth, ...]:
    """Return the records of a variance for the workbook that is loaded, in the rule's order."""
    with rule_failing(variance.definition.place, f"variance {variance.definition.id}"):
        records = connection.execute(variance.sql).fetchall()
    found = (_leaf_month(variance, record) for record in records)
    return tuple(record for record in found if record is not None)


def _leaf_month(variance: BoundVariance, record: tuple[Any, ...]) -> LeafMonth | None:
    values = iter(record)
    leaf = tuple(exact(next(values)) for _ in variance.definition.by)
    period, nature = next(values), next(values)
    amounts = {code: _amount(next(values)) for code in variance.scenarios}
    flags = frozenset(flag for flag in variance.flags if next(values))
    rows = {name: frozenset(flattened(next(values))) for name in variance.row_columns}
    if period is None or leaf[0] is None:
        return None
    known = nature if nature in (INCOME, COST) else NEUTRAL
    return LeafMonth(leaf, period.replace(day=1), known, amounts, flags, rows)


def _amount(value: object) -> Decimal | None:
    found = exact(value)
    return Decimal(found) if isinstance(found, int) else found if isinstance(found, Decimal) else None


def row_numbers(variance: BoundVariance, record: LeafMonth, scenario: str) -> tuple[str, frozenset[int]]:
    """Return the field and the row numbers that an amount of a record was taken from.

    Rows in `_row_<column>` (a previous year is the actual of other rows) go before `_row`.
    """
    column = variance.scenarios[scenario]
    cells = variance.definition.cells
    elsewhere = record.rows.get(f"{ROW}_{column}", frozenset())
    if elsewhere:
        return cells.get(f"{ROW}_{column}", cells.get(variance.definition.value, variance.definition.value)), elsewhere
    own = (numbers for name, numbers in record.rows.items() if name not in variance.other_rows)
    return cells.get(column, column), frozenset[int]().union(*own)
