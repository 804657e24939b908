"""Measures over rows: value, reasons for n.a. and sources from one query, so that they cannot drift apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipeline.definitions.rule_set import MeasureDefinition
from pipeline.judge.binding import Binder, Columns, Spot, listed_rows, row_columns
from pipeline.judge.cells import CellIndex
from pipeline.judge.failing import rule_failing
from pipeline.judge.numbers import exact, quantity
from pipeline.judge.schema import quoted
from pipeline.model import Measure, MeasureRow

VALUE = "value"
"""The name of the series of a measure that has only one."""


@dataclass(frozen=True)
class RowsMeasure:
    """A bound measure over rows: its query yields the dimensions, the series, the position of the reason, the rows."""

    definition: MeasureDefinition
    sql: str
    dimension_types: Columns
    series_types: Columns
    tables: frozenset[str]


def series_of(value: str | Mapping[str, str]) -> dict[str, str]:
    """Return the expressions of a measure by name of their series."""
    return {VALUE: value} if isinstance(value, str) else dict(value)


def reason_case(definition: MeasureDefinition) -> str:
    """Return the SQL for the position of the first reason for n.a. that holds, NULL when none does."""
    cases = " ".join(f"WHEN (\n{reason.when}\n) THEN {index}" for index, reason in enumerate(definition.na))
    return f"CASE {cases} ELSE NULL END" if cases else "CAST(NULL AS INTEGER)"


def bind_rows_measure(binder: Binder, definition: MeasureDefinition) -> RowsMeasure | None:
    """Return a measure over rows ready to be asked, or None after adding its faults."""
    spot = Spot(definition.place, f"measure {definition.id}")
    series = series_of(definition.value or {})
    bound = binder.select(definition.rows or "", spot, "rows")
    texts = [binder.expression(text, spot, "value", subqueries=False) for text in series.values()]
    texts += [binder.expression(reason.when, spot, "na", subqueries=False) for reason in definition.na]
    if bound is None or None in texts:
        return None
    parsed, columns = bound
    if not _has_what_it_needs(binder, spot, definition, columns):
        return None
    sql = _grouped(definition, series, columns)
    result = binder.value(sql, [_column(name) for name in series], spot, "value")
    if result is None:
        return None
    return RowsMeasure(
        definition,
        sql,
        {name: columns[name] for name in definition.by},
        {name: result[_column(name)] for name in series},
        binder.base_tables(parsed),
    )


def _has_what_it_needs(binder: Binder, spot: Spot, definition: MeasureDefinition, columns: Columns) -> bool:
    faults = [spot.fault(f"`by` names {name}, which `rows` does not yield", "by") for name in definition.by
              if name not in columns]  # fmt: skip
    if not row_columns(columns):
        faults.append(spot.fault("`rows` must yield `_row` or `_row_<table>`, so that the cells can be named", "rows"))
    binder.faults.extend(faults)
    return not faults


def _column(series: str) -> str:
    """Return the name of a series' column, which no dimension can have."""
    return f"series {series}"


def _grouped(definition: MeasureDefinition, series: Mapping[str, str], columns: Columns) -> str:
    dimensions = [quoted(name) for name in definition.by]
    values = [f"(\n{text}\n) AS {quoted(_column(name))}" for name, text in series.items()]
    selected = ", ".join([*dimensions, *values, reason_case(definition), listed_rows(columns)])
    sql = f"SELECT {selected} FROM (\n{definition.rows}\n)"
    if not dimensions:
        return sql
    order = ", ".join([*([definition.order] if definition.order else []), *dimensions])
    return f"{sql} GROUP BY {', '.join(dimensions)} ORDER BY {order}"


def evaluate_rows_measure(
    connection: duckdb.DuckDBPyConnection, measure: RowsMeasure, cells: CellIndex
) -> tuple[MeasureRow, ...]:
    """Return the rows of a measure for the workbook that is loaded."""
    with rule_failing(measure.definition.place, f"measure {measure.definition.id}"):
        records = connection.execute(measure.sql).fetchall()
    return tuple(_measure_row(measure, cells, record) for record in records)


def _measure_row(measure: RowsMeasure, cells: CellIndex, record: tuple[Any, ...]) -> MeasureRow:
    definition, dimensions = measure.definition, len(measure.dimension_types)
    names = list(measure.series_types)
    values, (position, *rows) = record[dimensions : dimensions + len(names)], record[dimensions + len(names) :]
    reasons = [reason.reason for reason in definition.na]
    return MeasureRow(
        keys=tuple(exact(key) for key in record[:dimensions]),
        series={name: quantity(value, position, reasons) for name, value in zip(names, values, strict=True)},
        sources=cells.sources(rows, definition.cells),
    )


def measure_of(definition: MeasureDefinition, rows: tuple[MeasureRow, ...], inputs: tuple[str, ...] = ()) -> Measure:
    """Return the measure of a definition with its rows."""
    return Measure(
        id=definition.id,
        label=definition.label,
        unit=definition.unit,
        formula=_readable(definition),
        by=definition.by,
        rows=rows,
        inputs=inputs,
        customer=definition.customer == "yes",
        note=definition.note,
    )


def _readable(definition: MeasureDefinition) -> str:
    texts = series_of(definition.formula or definition.value or "")
    shown = "; ".join(text if name == VALUE else f"{name}: {text}" for name, text in texts.items())
    return " ".join((shown if definition.rows is None else f"{shown} over {definition.rows}").split())
