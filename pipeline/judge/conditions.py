"""Conditions over all scalar measures: when an alert sounds, which case of a headline holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pipeline.judge.binding import Binder, Spot
from pipeline.judge.failing import rule_failing
from pipeline.judge.formulas import Input, MeasureShape, Wanted, inputs_of, value_row
from pipeline.judge.numbers import as_text
from pipeline.model import Measure


@dataclass(frozen=True)
class Condition:
    """A bound condition; its parameters are the inputs' values in order."""

    spot: Spot
    sql: str
    inputs: tuple[Input, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Return the ids of the measures it names."""
        return tuple(dict.fromkeys(item.measure for item in self.inputs))


def bind_condition(binder: Binder, spot: Spot, text: str, shapes: Mapping[str, MeasureShape]) -> Condition | None:
    """Return a condition over the scalar measures of `shapes`, or None after adding its faults."""
    parsed = binder.expression(text, spot, "when", subqueries=False)
    inputs = None if parsed is None else inputs_of(binder, spot, Wanted("when"), [parsed], shapes)
    if inputs is None:
        return None
    head = f"SELECT CAST((\n{text}\n) AS BOOLEAN) FROM"
    if binder.described(f"{head} ({value_row(inputs, bound=False)})", spot, "when") is None:
        return None
    return Condition(spot, f"{head} ({value_row(inputs)})", inputs)


def holds(connection: duckdb.DuckDBPyConnection, condition: Condition, measures: Mapping[str, Measure]) -> bool:
    """Return whether a condition is met; a missing value (NULL) never meets one unless the text says so."""
    quantities = [measures[item.measure].rows[0].series[item.series] for item in condition.inputs]
    with rule_failing(condition.spot.place, condition.spot.about, "when"):
        record = connection.execute(condition.sql, [as_text(found.value) for found in quantities]).fetchone()
    return bool(record and record[0])
