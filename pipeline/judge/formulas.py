"""Measures over measures: formulas, ordered by what they need, evaluated in SQL over the values already known.

A formula whose input is n.a. is n.a. with that input's reason, unless it says itself what the missing value means
(coalesce, is null, a list of terms). Its own reasons are asked first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pipeline.definitions.rule_set import MeasureDefinition
from pipeline.judge.binding import Binder, Columns, Spot
from pipeline.judge.cells import once
from pipeline.judge.failing import rule_failing
from pipeline.judge.measures import VALUE, reason_case, series_of
from pipeline.judge.numbers import NO_DATA, as_text, quantity
from pipeline.judge.schema import quoted
from pipeline.judge.sql import ParsedSql
from pipeline.model import CellRef, Measure, MeasureRow, Quantity, Scalar


@dataclass(frozen=True)
class MeasureShape:
    """What a formula must know of a measure: its dimensions and the types of its series."""

    by: tuple[str, ...]
    types: Columns


@dataclass(frozen=True)
class Input:
    """One value that a formula reads: a series of a measure.

    `kind` is its DuckDB type, `joined` says that there is one for each key, `named` that the formula writes
    `measure.series`, `handled` that the formula says itself what a missing value means.
    """

    measure: str
    series: str
    kind: str
    joined: bool
    named: bool
    handled: bool


@dataclass(frozen=True)
class SeriesFormula:
    """The query for one series: parameters are the inputs' values in order, as lists where there are dimensions.

    `unbound` is the same with NULL for each parameter, which DuckDB can describe.
    """

    sql: str
    unbound: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class Formula:
    """A bound formula."""

    definition: MeasureDefinition
    series: Mapping[str, SeriesFormula]
    shape: MeasureShape

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the ids of the measures it names, in order."""
        return tuple(dict.fromkeys(item.measure for formula in self.series.values() for item in formula.inputs))


def ordered_by_need(binder: Binder, definitions: Sequence[MeasureDefinition]) -> list[MeasureDefinition]:
    """Return formulas so that each comes after those it names; those in a circle are faults and left out."""
    waiting = {item.id: (item, _names_of(binder, item)) for item in definitions}
    ordered: list[MeasureDefinition] = []
    while ready := [key for key, (_, names) in waiting.items() if not names & waiting.keys()]:
        ordered.extend(waiting.pop(key)[0] for key in ready)
    circle = ", ".join(waiting)
    for item, _ in waiting.values():
        binder.faults.append(Spot(item.place, f"measure {item.id}").fault(f"formulas in a circle: {circle}", "formula"))
    return ordered


def _names_of(binder: Binder, definition: MeasureDefinition) -> set[str]:
    """Return the names in a formula and its reasons; faults are added when it is bound, not here."""
    quiet = Binder(binder.connection, binder.tables, binder.reads)
    spot = Spot(definition.place, "")
    texts = [*series_of(definition.formula or "").values(), *(reason.when for reason in definition.na)]
    parsed = [quiet.expression(text, spot, "formula") for text in texts]
    return {name[0] for item in parsed if item is not None for name in item.names}


def bind_formula(binder: Binder, definition: MeasureDefinition, shapes: Mapping[str, MeasureShape]) -> Formula | None:
    """Return a formula ready to be evaluated over measures of `shapes`, or None after adding its faults."""
    spot = Spot(definition.place, f"measure {definition.id}")
    reasons = [binder.expression(reason.when, spot, "na", subqueries=False) for reason in definition.na]
    texts = series_of(definition.formula or "")
    bound: dict[str, SeriesFormula] = {}
    types: dict[str, str] = {}
    for name, text in texts.items():
        parsed = binder.expression(text, spot, "formula", subqueries=False)
        if parsed is None or None in reasons:
            return None
        wanted = Wanted("formula", definition.by, name)
        inputs = inputs_of(binder, spot, wanted, [parsed, *filter(None, reasons)], shapes)
        formula = None if inputs is None else _series_formula(definition, text, inputs)
        result = None if formula is None else binder.value(formula.unbound, [VALUE], spot, "formula")
        if formula is None or result is None:
            return None
        bound[name], types[name] = formula, result[VALUE]
    return Formula(definition, bound, MeasureShape(definition.by, types))


@dataclass(frozen=True)
class Wanted:
    """What a text over measures is bound for: its key in the definition, its dimensions, the series computed."""

    key: str
    by: tuple[str, ...] = ()
    series: str = VALUE


def inputs_of(
    binder: Binder, spot: Spot, wanted: Wanted, texts: Sequence[ParsedSql], shapes: Mapping[str, MeasureShape]
) -> tuple[Input, ...] | None:
    """Return the measures that texts name, in order of appearance, or None after adding a fault for each wrong one."""
    handled = frozenset[str]().union(*(text.names_with_empty_handled for text in texts))
    inputs: list[Input] = []
    faults = []
    names = dict.fromkeys(name for text in texts for name in text.names)
    for name in names:
        if name[0] in binder.broken:
            continue
        shape = shapes.get(name[0])
        series = None if shape is None else _series(shape, name, wanted.series)
        if shape is None or series is None or shape.by not in ((), wanted.by):
            faults.append(spot.fault(_problem(name, shape, series), wanted.key))
        else:
            kind = shape.types[series]
            inputs.append(Input(name[0], series, kind, bool(shape.by), len(name) > 1, name[0] in handled))
    faults += [spot.fault(f"name a series at every `{name}`, or at none", wanted.key) for name in _mixed(inputs)]
    rests_on_broken = any(name[0] in binder.broken for name in names)
    if wanted.by and not faults and not rests_on_broken and not any(item.joined for item in inputs):
        faults.append(spot.fault("a formula with `by` needs a measure with the same `by`", "by"))
    binder.faults.extend(faults)
    return None if faults or rests_on_broken else tuple(inputs)


def _problem(name: tuple[str, ...], shape: MeasureShape | None, series: str | None) -> str:
    if shape is None:
        return f"`{name[0]}` is no measure"
    if series is None:
        return f"`{'.'.join(name)}` names no series; {name[0]} has: {', '.join(shape.types)}"
    return f"`{name[0]}` is a list by {', '.join(shape.by)}; here a measure with the same `by`, or without, is needed"


def _mixed(inputs: Sequence[Input]) -> list[str]:
    named = {item.measure for item in inputs if item.named}
    return sorted(named & {item.measure for item in inputs if not item.named})


def _series(shape: MeasureShape, name: tuple[str, ...], series: str) -> str | None:
    """Return the series meant: the one named (`x.PL`), else the one being computed, else the only one."""
    if len(name) > 1:
        return next((known for known in shape.types if known.lower() == name[1].lower()), None)
    if series in shape.types:
        return series
    return next(iter(shape.types)) if len(shape.types) == 1 else None


def _series_formula(definition: MeasureDefinition, text: str, inputs: tuple[Input, ...]) -> SeriesFormula:
    head = f"SELECT (\n{text}\n) AS {quoted(VALUE)}, {reason_case(definition)} AS reason FROM"
    return SeriesFormula(f"{head} ({value_row(inputs)})", f"{head} ({value_row(inputs, bound=False)})", inputs)


def value_row(inputs: Sequence[Input], *, bound: bool = True) -> str:
    """Return the SELECT that names the inputs' values, given as parameters, or empty when not `bound`.

    Lists of values (`joined`) give one row for each; a measure whose series are named is a struct.
    """
    parts: dict[str, list[tuple[Input, str]]] = {}
    for position, item in enumerate(inputs, start=1):
        given = f"${position}" if bound else "NULL"
        value = f"unnest({given}::VARCHAR[])" if item.joined else f"{given}::VARCHAR"
        parts.setdefault(item.measure, []).append((item, f"CAST({value} AS {item.kind})"))
    columns = [f"{_column(values)} AS {quoted(name)}" for name, values in parts.items()]
    return f"SELECT {', '.join(columns) or '1 AS nothing'}"


def _column(values: Sequence[tuple[Input, str]]) -> str:
    if not values[0][0].named:
        return values[0][1]
    return f"struct_pack({', '.join(f'{quoted(item.series)} := {value}' for item, value in values)})"


def evaluate_formula(
    connection: duckdb.DuckDBPyConnection, formula: Formula, measures: Mapping[str, Measure]
) -> tuple[MeasureRow, ...]:
    """Return the rows of a formula over measures that are known; its sources are the union of its inputs'."""
    keys = _keys(formula, measures)
    series = {name: _quantities(connection, formula, item, measures, keys) for name, item in formula.series.items()}
    return tuple(
        MeasureRow(key, {name: values[index] for name, values in series.items()}, _sources(formula, measures, key))
        for index, key in enumerate(keys)
    )


def _keys(formula: Formula, measures: Mapping[str, Measure]) -> list[tuple[Scalar, ...]]:
    """Return the keys of all inputs that have the formula's dimensions, in order of first appearance."""
    if not formula.shape.by:
        return [()]
    return list(dict.fromkeys(row.keys for name in formula.inputs if measures[name].by for row in measures[name].rows))


def _quantities(
    connection: duckdb.DuckDBPyConnection, formula: Formula, series: SeriesFormula,
    measures: Mapping[str, Measure], keys: Sequence[tuple[Scalar, ...]],
) -> list[Quantity]:  # fmt: skip
    given = [_values(measures[item.measure], item, keys) for item in series.inputs]
    parameters = [
        [as_text(value.value) for value in values] if item.joined else as_text(values[0].value)
        for item, values in zip(series.inputs, given, strict=True)
        if values
    ]
    with rule_failing(formula.definition.place, f"measure {formula.definition.id}"):
        records = connection.execute(series.sql, parameters).fetchall() if keys else []
    reasons = [reason.reason for reason in formula.definition.na]
    return [
        _result(value, position, reasons, series.inputs, [values[index] for values in given])
        for index, (value, position) in enumerate(records)
    ]


def _values(measure: Measure, item: Input, keys: Sequence[tuple[Scalar, ...]]) -> list[Quantity]:
    rows = {row.keys: row for row in measure.rows}
    found = [rows.get(key if item.joined else ()) for key in keys]
    return [row.series[item.series] if row else Quantity(None, NO_DATA) for row in found]


def _result(
    value: object, position: object, reasons: Sequence[str], inputs: Sequence[Input], given: Sequence[Quantity]
) -> Quantity:
    missing = [(item, found.reason or NO_DATA) for item, found in zip(inputs, given, strict=True)
               if found.value is None]  # fmt: skip
    strict = [reason for item, reason in missing if not item.handled]
    if strict and position is None:
        return Quantity(None, strict[0])
    return quantity(value, position, reasons, otherwise=missing[0][1] if missing else NO_DATA)


def _sources(formula: Formula, measures: Mapping[str, Measure], key: tuple[Scalar, ...]) -> tuple[CellRef, ...]:
    rows = (row for name in formula.inputs for row in measures[name].rows if not measures[name].by or row.keys == key)
    return once(cell for row in rows for cell in row.sources)
