"""Comparing actuals and outlook with plan and previous year (measures.md 7.1 to 7.5).

Amounts are signed by nature, so that a positive difference is favourable on every line and subtotals are plain sums
of leaves. Neutral lines stand for themselves and are in no sum with others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property

import duckdb

from pipeline.definitions.rule_set import VarianceDefinition
from pipeline.judge.cells import CellIndex
from pipeline.judge.commentary import CommentaryTexts
from pipeline.judge.materiality import impact, is_material, percent, settings_for
from pipeline.judge.numbers import NO_DATA
from pipeline.judge.spans import months_of
from pipeline.judge.variance_months import (
    ACTUAL,
    COST,
    MIXED,
    NEUTRAL,
    OUTLOOK,
    BoundVariance,
    LeafMonth,
    leaf_months,
    row_numbers,
)
from pipeline.judge.variance_states import LoadedStates
from pipeline.model import (
    Calendar,
    CellRef,
    Measure,
    MeasureRow,
    Quantity,
    Scalar,
    Text,
    Variance,
    VarianceRow,
)

INCOMPLETE = "incomplete"
EXACT_DIGITS = 60
"""Digits that sums keep: more than any number of DECIMAL(38,6) amounts needs."""
_MONEY = ("money", "money_group")


@dataclass(frozen=True)
class Comparison:
    """One variance rule over one workbook."""

    bound: BoundVariance
    records: tuple[LeafMonth, ...]
    calendar: Calendar
    cells: CellIndex
    currency: str | None
    commentary: CommentaryTexts

    @property
    def definition(self) -> VarianceDefinition:
        """Return the rule."""
        return self.bound.definition

    @cached_property
    def states(self) -> LoadedStates:
        """Return what is loaded and what is missing."""
        flagged = (scenario for scenario, flag in self.bound.flags if flag == "missing")
        return LoadedStates(self.records, self.calendar, flagged)

    def minuend(self, month: date) -> str:
        """Return the scenario that stands for a month: actual when closed, else forecast."""
        return ACTUAL if month <= self.calendar.last_closed else OUTLOOK


@dataclass(frozen=True)
class Node:
    """A leaf, a subtotal or the total in one span against one reference: the records it adds up."""

    comparison: Comparison
    span: str
    reference: str
    path: tuple[Scalar, ...]
    records: tuple[LeafMonth, ...]

    @property
    def is_leaf(self) -> bool:
        """Return whether all dimensions are given."""
        return len(self.path) == len(self.comparison.definition.by)

    @cached_property
    def nature(self) -> str:
        """Return the nature that all records share, mixed where income and cost meet."""
        natures = {record.nature for record in self.records}
        return natures.pop() if len(natures) == 1 else MIXED

    @cached_property
    def months(self) -> tuple[date, ...]:
        """Return the months of the span."""
        return months_of(self.span, self.comparison.calendar)

    @cached_property
    def line_names(self) -> tuple[Scalar, ...]:
        """Return the lines it adds up, in order."""
        return tuple(dict.fromkeys(record.line for record in self.records))

    @cached_property
    def missing(self) -> tuple[tuple[date, Scalar], ...]:
        """Return the months and lines without an actual or forecast that should be there."""
        states, minuend = self.comparison.states, self.comparison.minuend
        own = {(record.line, record.period) for record in self.records}
        return tuple(
            (month, line)
            for month in self.months
            for line in self.line_names
            if states.is_missing(line, month, minuend(month))
            and (not self.is_leaf or (line, month) in own or not states.is_recorded(line, month))
        )

    @cached_property
    def actual(self) -> Quantity:
        """Return the signed sum of actuals (outlook: with the forecast of open months)."""
        if self.missing:
            return Quantity(None, INCOMPLETE)
        return Quantity(_sum(_signed(record, self.comparison.minuend(record.period)) for record in self.records))

    @cached_property
    def against(self) -> Quantity:
        """Return the signed sum of the reference; blanks of a loaded line are 0."""
        reason = self._reason_without_reference()
        if reason is not None:
            return Quantity(None, reason)
        return Quantity(_sum(_signed(record, self.reference) for record in self.records))

    def _reason_without_reference(self) -> str | None:
        """Return no_data where nothing of it has the reference, incomplete where a part has none (1.6, 7.3)."""
        states = self.comparison.states
        missing = [states.is_reference_missing(record.line, record.period, self.reference) for record in self.records]
        loaded = [states.is_reference_loaded(record.line, record.period, self.reference) for record in self.records]
        if all(missing) or not any(loaded):
            return NO_DATA
        if any(missing) or (not all(loaded) and not states.is_flagged(self.reference)):
            return INCOMPLETE
        return None

    @property
    def is_worth_a_row(self) -> bool:
        """Return whether any amount stands on either side, or one that should be there is missing."""
        minuend = self.comparison.minuend
        return bool(self.missing) or any(
            record.has(minuend(record.period)) or record.has(self.reference) for record in self.records
        )

    @property
    def note(self) -> str | None:
        """Return the months and lines that are missing, and the lines without the reference, or with a part of it."""
        missing = [f"{month:%Y-%m} {line}" for month, line in self.missing]
        without = [f"{self.reference} – {line}" for line in self.line_names if self._lacks_reference(line)]
        return ", ".join([*missing, *without]) or None

    def _lacks_reference(self, line: Scalar) -> bool:
        """Return whether a line has no reference beside others that have one, or has it in one of two years only."""
        if self.against.reason == NO_DATA:
            return False
        states = self.comparison.states
        months = {record.period for record in self.records if record.line == line}
        loaded = [states.is_reference_loaded(line, month, self.reference) for month in months]
        return not any(loaded) or (not all(loaded) and not states.is_flagged(self.reference))

    @property
    def sources(self) -> tuple[CellRef, ...]:
        """Return the cells of both sides, column by column."""
        wanted: dict[str, set[int]] = {}
        for record in self.records:
            for scenario in (self.comparison.minuend(record.period), self.reference):
                if record.has(scenario):
                    field, rows = row_numbers(self.comparison.bound, record, scenario)
                    wanted.setdefault(field, set()).update(rows)
        found = (self.comparison.cells.sources(rows, [field]) for field, rows in wanted.items())
        return tuple(cell for cells in found for cell in cells)


def _signed(record: LeafMonth, scenario: str) -> Decimal:
    amount = record.amounts.get(scenario) or Decimal(0)
    return -amount if record.nature == COST else amount


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def compare(
    connection: duckdb.DuckDBPyConnection, bound: BoundVariance, calendar: Calendar, cells: CellIndex,
    currency: str | None, commentary: CommentaryTexts,
) -> Comparison:  # fmt: skip
    """Return the comparison of a variance rule for the workbook that is loaded."""
    return Comparison(bound, leaf_months(connection, bound), calendar, cells, currency, commentary)


def variance_of(comparison: Comparison) -> Variance:
    """Return all lines of a comparison: spans in the rule's order, references within, totals before their parts."""
    definition = comparison.definition
    nodes = (
        node for span in definition.spans for reference in definition.references
        for node in _nodes(comparison, span, reference)
    )  # fmt: skip
    with localcontext(prec=EXACT_DIGITS):
        rows = tuple(_row(node) for node in nodes)
    return Variance(
        definition.id, definition.label, definition.by, tuple(definition.spans), tuple(definition.references), rows
    )


def _nodes(comparison: Comparison, span: str, reference: str) -> Iterator[Node]:
    months = frozenset(months_of(span, comparison.calendar))
    records = tuple(record for record in comparison.records if record.period in months)
    leaves = _grouped(records, len(comparison.definition.by))
    kept = [
        node for path, part in leaves.items() if (node := Node(comparison, span, reference, path, part)).is_worth_a_row
    ]
    if kept:
        yield from _branch(Node(comparison, span, reference, (), tuple(r for node in kept for r in node.records)))


def _branch(node: Node) -> Iterator[Node]:
    """Yield a node and what it is made of; a sum over several natures leaves the neutral ones out."""
    if not node.is_leaf and {record.nature for record in node.records} - {NEUTRAL}:
        yield replace(node, records=tuple(record for record in node.records if record.nature != NEUTRAL))
    else:
        yield node
    if not node.is_leaf:
        for path, records in _grouped(node.records, len(node.path) + 1).items():
            yield from _branch(replace(node, path=path, records=records))


def _grouped(records: Sequence[LeafMonth], depth: int) -> dict[tuple[Scalar, ...], tuple[LeafMonth, ...]]:
    groups: dict[tuple[Scalar, ...], list[LeafMonth]] = {}
    for record in records:
        groups.setdefault(record.leaf[:depth], []).append(record)
    return {path: tuple(group) for path, group in groups.items()}


def _row(node: Node) -> VarianceRow:
    definition = node.comparison.definition
    absolute = _difference(node.actual, node.against, definition)
    share = percent(absolute, node.actual, node.against, node.nature)
    settings = settings_for(definition.material, node.span)
    material, problem = is_material(absolute, share, settings, node.comparison.currency)
    dimensions = dict(zip(definition.by, node.path, strict=False))
    return VarianceRow(
        id=definition.id, span=node.span, reference=node.reference, dimensions=dimensions, nature=node.nature,
        actual=node.actual, against=node.against, absolute=absolute, percent=share,
        impact=impact(absolute, node.nature), material=material, sources=node.sources,
        commentary=_commentary(node, dimensions), note=", ".join(filter(None, [node.note, problem])) or None,
    )  # fmt: skip


def _difference(actual: Quantity, against: Quantity, definition: VarianceDefinition) -> Quantity:
    if not isinstance(actual.value, Decimal) or not isinstance(against.value, Decimal):
        return Quantity(None, actual.reason or against.reason)
    difference = actual.value - against.value
    return Quantity(-difference if definition.better == "lower" and definition.unit not in _MONEY else difference)


def _commentary(node: Node, dimensions: Mapping[str, Scalar]) -> str | None:
    """Return what was written about a line; commentary explains the first reference, the plan."""
    if node.reference != next(iter(node.comparison.definition.references)):
        return None
    return node.comparison.commentary.text(node.span, node.comparison.calendar.last_closed, dimensions)


def scalar_measures(variance: Variance, definition: VarianceDefinition) -> Iterator[Measure]:
    """Yield `<id>_<ref>_<span>_abs` and `_pct` of the totals, lower case, for headlines, alerts and templates."""
    totals = {(row.span, row.reference): row for row in variance.rows if not row.dimensions}
    for span in variance.spans:
        for reference in variance.references:
            row = totals.get((span, reference))
            yield _scalar(definition, span, reference, "abs", row)
            yield _scalar(definition, span, reference, "pct", row)


def scalar_ids(definition: VarianceDefinition) -> dict[str, str]:
    """Return the DuckDB types of a variance's scalar measures by id."""
    stems = [f"{definition.id}_{reference}_{span}" for span in definition.spans for reference in definition.references]
    kinds = {"abs": "DECIMAL(38,6)", "pct": "DOUBLE"}
    return {f"{stem}_{name}".lower(): kind for stem in stems for name, kind in kinds.items()}


def _scalar(definition: VarianceDefinition, span: str, reference: str, name: str, row: VarianceRow | None) -> Measure:
    none = Quantity(None, NO_DATA)
    found = none if row is None else row.absolute if name == "abs" else row.percent
    label = {language: f"{text}, Δ{reference} {span}" for language, text in definition.label.by_language.items()}
    minuend = f"{ACTUAL}+{OUTLOOK}" if span == "outlook" else ACTUAL
    difference = f"{minuend} − {reference}"
    return Measure(
        id=f"{definition.id}_{reference}_{span}_{name}".lower(),
        label=Text(label),
        unit=definition.unit if name == "abs" else "percent",
        formula=difference if name == "abs" else f"({difference}) ÷ |{reference}|",
        by=(),
        rows=(MeasureRow((), {"value": found}, row.sources if row else ()),),
    )
