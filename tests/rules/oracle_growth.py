"""Whitespace, pipeline and hit rates in plain Python (measures.md 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from tests.rules.oracle_money import Money
from tests.rules.oracle_numbers import (
    CLOSED,
    INCOMPLETE,
    NO_DATA,
    Calendar,
    Missing,
    Result,
    Row,
    Section,
    added,
    clip,
    counted,
    difference,
    divided,
    exact,
    exact_or_zero,
    month_of,
    months_before,
    share,
)

STAGES = {
    "identified": Fraction(10, 100),
    "qualified": Fraction(25, 100),
    "proposed": Fraction(1, 2),
    "negotiation": Fraction(3, 4),
}


class Growth(Section):
    """Section 3."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], calendar: Calendar) -> None:
        super().__init__(rows, calendar)
        self.money = Money(rows, calendar)

    def cell_current(self, product: str, unit: str, typed: Decimal | None) -> Result:
        """Return revenue of twelve months, computed; the typed value only where there are no Financials rows."""
        money = self.money
        if not any((row["product"], row["unit"]) == (product, unit) for row in self.rows["financials"]):
            return exact(typed)
        places = []
        for line, month in money.line_months(money.selected("revenue"), money.months("l12m")):
            leaf = (line, product, unit)
            if leaf in money.leaves(line, month) or leaf in money.previous_by_leaf(line, month):
                places.append((line, month))
        if any(money.actual_missing(*place) for place in places):
            return INCOMPLETE
        return added(money.of_item((product, unit), *place, "actual") for place in places)

    def whitespace(self) -> dict[str, Result]:
        typed = {(row["product"], row["unit"]): row for row in self.rows["whitespace"]}
        pairs = [(p["name"], u["name"]) for p in self.rows["lists_products"] for u in self.rows["lists_units"]]
        sized: list[tuple[Fraction, Result, bool]] = []
        mapped, unsized = [], 0
        for pair in pairs:
            row = typed.get(pair)
            status = (row["status"] if row else None) or "unknown"
            mapped.append(status != "unknown")
            potential = row["potential"] if row else None
            if status == "no_fit":
                continue
            if potential is None or row is None:
                unsized += 1
                continue
            pursued = any((item["product"], item["unit"]) == pair for item in self.open_opportunities)
            sized.append((exact(potential), self.cell_current(*pair, row["current"]), pursued))
        return {
            "whitespace_unsized": counted(pairs, [True] * unsized),
            "whitespace_mapped": share(mapped),
            **self._value(sized),
        }

    @staticmethod
    def _value(sized: list[tuple[Fraction, Result, bool]]) -> dict[str, Result]:
        names = ("whitespace_value", "whitespace_penetration", "whitespace_pursued")
        if not sized:
            return dict.fromkeys(names, NO_DATA)
        if any(isinstance(current, Missing) for _, current, _ in sized):
            return dict.fromkeys(names, INCOMPLETE)
        cells = [(potential, exact_or_zero(current), pursued) for potential, current, pursued in sized]
        value = added(max(Fraction(0), potential - current) for potential, current, _ in cells)
        pursued = added(max(Fraction(0), potential - current) for potential, current, hit in cells if hit)
        within = added(min(potential, current) for potential, current, _ in cells)
        return {
            "whitespace_value": value,
            "whitespace_penetration": divided(within, added(potential for potential, _, _ in cells)),
            "whitespace_pursued": divided(pursued, value),
        }

    @staticmethod
    def probability(row: Row) -> Fraction:
        return STAGES[row["stage"]] if row["probability"] is None else exact(row["probability"])

    def months_in_year(self, row: Row) -> Fraction:
        """Return the part of the year: calendar months from the start through the end of the fiscal year, of twelve."""
        starts = row["starts_on"] or month_of(row["expected_close"], 1)
        end = self.calendar.year_end
        months = (end.year - starts.year) * 12 + end.month - starts.month + 1
        return Fraction(clip(months, 0, 12), 12)

    def pipeline(self, plan: Result, outlook: Result, hit_rate_value: Result) -> dict[str, Result]:
        rows, open_ones = self.rows["opportunities"], self.open_opportunities
        covering = [
            r for r in open_ones if not r["in_forecast"] and r["expected_close"] and r["expected_close"] >= self.as_of
        ]
        weighted = added(exact(r["yearly_value"]) * self.probability(r) for r in open_ones)
        unweighted = [exact(r["yearly_value"]) * self.months_in_year(r) for r in covering]
        in_year: Result = added(v * self.probability(r) for v, r in zip(unweighted, covering, strict=True))
        in_year_open: Result = added(unweighted)
        gap = difference(plan, outlook)
        covered = isinstance(gap, Fraction) and gap <= 0
        if not rows:
            in_year = in_year_open = NO_DATA
        return {
            "pipeline_weighted": weighted if rows else NO_DATA,
            "pipeline_in_year": in_year,
            "pipeline_in_year_open": in_year_open,
            "pipeline_past_due": counted(
                rows, (bool(r["expected_close"] and r["expected_close"] < self.as_of) for r in open_ones)
            ),
            "gap_to_target": gap,
            "pipeline_coverage": Missing("covered") if covered else divided(in_year, gap),
            "pipeline_coverage_open": Missing("covered") if covered else divided(in_year_open, gap),
            "pipeline_coverage_required": divided(Fraction(1), hit_rate_value),
        }

    def hit_rates(self) -> dict[str, Result]:
        closed = [r for r in self.rows["opportunities"] if r["stage"] in CLOSED and self.in_window(r["closed_on"])]
        found: dict[str, Result] = {}
        for name, kinds in {"hit_rate": ("up_sell", "cross_sell", "new"), "renewal_rate": ("renewal",)}.items():
            rows = [r for r in closed if r["kind"] in kinds]
            won = [r for r in rows if r["stage"] == "won"]
            found[name] = share(r["stage"] == "won" for r in rows)
            valued = any(r["yearly_value"] is not None for r in rows)
            found[f"{name}_value"] = divided(self.yearly(won), self.yearly(rows)) if valued else NO_DATA
            found[f"{name}_won"], found[f"{name}_closed"] = (len(won), len(rows)) if rows else (NO_DATA, NO_DATA)
        opened = [
            r
            for r in self.rows["opportunities"]
            if r["opened_on"] and months_before(self.as_of, 24) < r["opened_on"] <= months_before(self.as_of, 12)
        ]
        return found | {"fruition": share(r["stage"] == "won" for r in opened)}
