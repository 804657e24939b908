"""Money by line and month in plain Python: what is loaded, missing and kept (measures.md 1.4 to 1.8 and 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from tests.rules.oracle_numbers import (
    INCOMPLETE,
    NO_DATA,
    NO_HISTORY,
    Calendar,
    Missing,
    Number,
    Result,
    Row,
    Section,
    added,
    difference,
    divided,
    exact,
    month_of,
    months_before,
)

Leaf: TypeAlias = tuple[str, str | None, str | None]
LineMonth: TypeAlias = tuple[str, date]
Item: TypeAlias = tuple[str | None, str | None]


class Money:
    """Financials by line and month: what is loaded, what is missing, what it adds up to (1.4 to 1.8)."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], calendar: Calendar) -> None:
        self.calendar = calendar
        self.typed = [row for row in rows["financials"] if row["period"] and row["line"]]
        self.by_month: dict[LineMonth, list[Row]] = {}
        for row in self.typed:
            self.by_month.setdefault((row["line"], row["period"]), []).append(row)
        self.lines = {row["name"]: row for row in rows["lists_lines"]}
        self.recurring = {row["name"] for row in rows["lists_products"] if row["recurring"]}

    def closed(self, month: date) -> bool:
        return month <= self.calendar.last_closed

    def at(self, line: str, month: date) -> Sequence[Row]:
        return self.by_month.get((line, month), ())

    def leaves(self, line: str, month: date) -> dict[Leaf, list[Row]]:
        found: dict[Leaf, list[Row]] = {}
        for row in self.at(line, month):
            found.setdefault((line, row["product"], row["unit"]), []).append(row)
        return found

    def has(self, line: str, month: date, column: str) -> bool:
        return any(row[column] is not None for row in self.at(line, month))

    def unknown(self, line: str, month: date, column: str) -> bool:
        return any(column in row.unknown for row in self.at(line, month))

    def actual_loaded(self, line: str, month: date) -> bool:
        return self.has(line, month, "actual") and not self.unknown(line, month, "actual")

    def previous_by_leaf(self, line: str, month: date) -> dict[Leaf, Fraction]:
        """Return the previous year: actuals twelve months before; where the line has none, what is typed (1.7)."""
        earlier = month_of(month, -12)
        if self.actual_loaded(line, earlier):
            return {
                leaf: added(exact(row["actual"]) for row in rows) for leaf, rows in self.leaves(line, earlier).items()
            }
        found: dict[Leaf, Fraction] = {}
        for leaf, rows in self.leaves(line, month).items():
            typed = [row["previous"] for row in rows if row["previous"] is not None]
            if typed:
                found[leaf] = added(map(exact, typed))
        return found

    def has_previous(self, line: str, month: date) -> bool:
        return bool(self.previous_by_leaf(line, month))

    def actual_missing(self, line: str, month: date) -> bool:
        """None in a closed month while plan, forecast or previous year has one, or marked as unknown (1.6)."""
        if not self.closed(month) or self.actual_loaded(line, month):
            return False
        others = ("plan", "forecast")
        expected = any(self.has(line, month, name) or self.unknown(line, month, name) for name in others)
        return expected or self.has_previous(line, month) or self.unknown(line, month, "actual")

    def fiscal_year(self, month: date) -> int:
        start = self.calendar.year_start
        return ((month.year - start.year) * 12 + month.month - start.month) // 12

    def plan_missing(self, line: str, month: date) -> bool:
        loaded = any(
            row["plan"] is not None
            for row in self.typed
            if row["line"] == line and self.fiscal_year(row["period"]) == self.fiscal_year(month)
        )
        return not loaded or self.unknown(line, month, "plan")

    def forecast_missing(self, line: str, month: date) -> bool:
        if self.has(line, month, "forecast") and not self.unknown(line, month, "forecast"):
            return False
        expected = self.has(line, month, "plan") or self.has_previous(line, month)
        gap = self.unknown(line, month, "forecast") or self.unknown(line, month, "plan")
        return expected or gap or (self.lives(line) and not self.anyone_forecast(month))

    def lives(self, line: str) -> bool:
        """Return whether the line has an actual or a forecast in the fiscal year."""
        return any(
            row["forecast"] is not None or (row["actual"] is not None and self.closed(row["period"]))
            for row in self.typed
            if row["line"] == line and self.calendar.year_start <= row["period"] <= self.calendar.year_end
        )

    def anyone_forecast(self, month: date) -> bool:
        return any(row["forecast"] is not None for row in self.typed if row["period"] == month)

    def previous_missing(self, line: str, month: date) -> bool:
        earlier = month_of(month, -12)
        if self.unknown(line, earlier, "actual"):
            return True
        return not self.has_previous(line, month) and self.actual_missing(line, earlier)

    def previous_recorded(self, month: date) -> bool:
        """Return whether there is a previous year of this month at all: the same months on both sides (7.2)."""
        return any(self.has_previous(line, month) for line in {row["line"] for row in self.typed})

    def is_there(self, line: str, month: date) -> bool:
        """Return whether the line has anything in a month, the previous year included."""
        columns = ("actual", "plan", "forecast")
        return self.has_previous(line, month) or any(
            self.has(line, month, column) or self.unknown(line, month, column) for column in columns
        )

    def line_months(self, lines: Iterable[str], months: Sequence[date]) -> list[LineMonth]:
        return [(line, month) for line in lines for month in months if self.is_there(line, month)]

    # windows
    @property
    def last_month(self) -> date:
        return month_of(self.calendar.last_closed)

    def months(self, window: str) -> list[date]:
        last, start = self.last_month, month_of(self.calendar.year_start)
        first = {"mth": last, "ytd": start, "l12m": month_of(last, -11), "fy": start}[window]
        end = month_of(self.calendar.year_end) if window == "fy" else last
        return [month_of(first, step) for step in range((end.year - first.year) * 12 + end.month - first.month + 1)]

    def selected(self, kind: str) -> dict[str, int]:
        """Return the lines of a subtotal with their sign."""
        costs = {"revenue": (), "gross_margin": ("cost_of_sales",), "contribution": ("cost_of_sales", "cost_to_serve")}[
            kind
        ]
        found = {}
        for name, row in self.lines.items():
            if row["nature"] == "income":
                found[name] = 1
            elif row["nature"] == "cost" and row["grp"] in costs:
                found[name] = -1
        return found

    def amount(self, line: str, month: date, scenario: str) -> Fraction:
        if scenario == "previous":
            return added(self.previous_by_leaf(line, month).values())
        return added(exact(row[scenario]) for row in self.at(line, month))

    def is_missing(self, line: str, month: date, scenario: str) -> bool:
        if scenario == "actual":
            return self.actual_missing(line, month)
        if scenario == "plan":
            return self.plan_missing(line, month)
        return self.previous_missing(line, month) or not self.previous_recorded(month)

    def total(self, kind: str, window: str, scenario: str) -> Result:
        """Return the signed sum; n.a. when a line-month in it is missing."""
        signs = self.selected(kind)
        found = self.line_months(signs, self.months(window))
        missing = [place for place in found if self.is_missing(*place, scenario)]
        if not found or (scenario != "actual" and len(missing) == len(found)):
            return NO_DATA
        if missing:
            return INCOMPLETE
        return added(signs[line] * self.amount(line, month, scenario) for line, month in found)

    def outlook(self) -> Result:
        """Return actual of closed months plus forecast of open ones."""
        months = self.months("fy")
        found = self.line_months(self.selected("revenue"), months)
        unforecast = [
            (line, month)
            for line in self.selected("revenue")
            for month in months
            if not self.closed(month) and self.lives(line) and not self.anyone_forecast(month)
        ]
        places = dict.fromkeys([*found, *unforecast])
        states = [
            self.actual_missing(*place) if self.closed(place[1]) else self.forecast_missing(*place) for place in places
        ]
        if not places or all(states):
            return NO_DATA
        if any(states):
            return INCOMPLETE
        return added(self.amount(line, month, "actual" if self.closed(month) else "forecast") for line, month in places)

    def retention(self) -> Retention:
        """Return recurring revenue by item (product × unit), twelve months on the twelve before."""
        months = self.months("l12m")
        items: dict[Item, list[LineMonth]] = {}
        for line, month in self.line_months(self.selected("revenue"), months):
            leaves = {*self.leaves(line, month), *self.previous_by_leaf(line, month)}
            for _, product, unit in leaves:
                if product in self.recurring:
                    items.setdefault((product, unit), []).append((line, month))
        return Retention(self, {key: list(dict.fromkeys(places)) for key, places in items.items()}, months)

    def of_item(self, key: Item, line: str, month: date, scenario: str) -> Fraction:
        if scenario == "previous":
            return self.previous_by_leaf(line, month).get((line, *key), Fraction(0))
        rows = self.leaves(line, month).get((line, *key), ())
        return added(exact(row["actual"]) for row in rows)


@dataclass
class Retention:
    """Net and gross retention with their parts (2)."""

    money: Money
    items: dict[Item, list[LineMonth]]
    months: list[date]

    def sums(self, scenario: str, months: Sequence[date]) -> list[Number]:
        return [max(Fraction(0), self.of_item(key, scenario, months)) for key in self.items]

    def of_item(self, key: Item, scenario: str, months: Sequence[date]) -> Fraction:
        places = (place for place in self.items[key] if place[1] in months)
        return added(self.money.of_item(key, *place, scenario) for place in places)

    def incomplete(self, months: Sequence[date]) -> bool:
        return any(
            self.money.actual_missing(*place) or self.money.previous_missing(*place)
            for places in self.items.values()
            for place in places
            if place[1] in months
        )

    def reason(self) -> Missing | None:
        if not self.items:
            return NO_DATA
        if self.incomplete(self.months):
            return INCOMPLETE
        if sum(self.sums("previous", self.months)) == 0:
            return Missing("zero_base")
        first = added(self.of_item(key, "previous", self.months[:3]) for key in self.items)
        return NO_HISTORY if first <= 0 else None

    def ratio(self, part: Callable[[Number, Number], Number]) -> Result:
        reason = self.reason()
        if reason is not None:
            return reason
        base, renewed = self.sums("previous", self.months), self.sums("actual", self.months)
        return Fraction(sum(part(b, n) for b, n in zip(base, renewed, strict=True))) / sum(base)

    def monthly(self) -> Result:
        last = self.months[-1:]
        if not self.items:
            return NO_DATA
        if self.incomplete(last):
            return INCOMPLETE
        base = sum(self.sums("previous", last))
        return Fraction(sum(self.sums("actual", last))) / base if base else Missing("zero_base")


class Performance(Section):
    """Section 2."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], calendar: Calendar) -> None:
        super().__init__(rows, calendar)
        self.money = Money(rows, calendar)

    def performance(self) -> dict[str, Result]:
        found: dict[str, Result] = {}
        scenarios = {"": "actual", "_pl": "plan", "_py": "previous"}
        for window in ("mth", "ytd", "l12m"):
            for suffix, scenario in scenarios.items():
                for kind in ("revenue", "gross_margin", "contribution"):
                    found[f"{kind}_{window}{suffix}"] = self.money.total(kind, window, scenario)
                for kind in ("gross_margin", "contribution"):
                    found[f"{kind}_pct_{window}{suffix}"] = divided(
                        found[f"{kind}_{window}{suffix}"], found[f"revenue_{window}{suffix}"]
                    )
            for kind in ("gross_margin", "contribution"):
                for reference in ("pl", "py"):
                    found[f"{kind}_points_{window}_{reference}"] = difference(
                        found[f"{kind}_pct_{window}"], found[f"{kind}_pct_{window}_{reference}"], 100
                    )
        return found | self.outlook_and_retention() | self.wallet(found["revenue_l12m"])

    def outlook_and_retention(self) -> dict[str, Result]:
        plan, outlook, kept = self.money.total("revenue", "fy", "plan"), self.money.outlook(), self.money.retention()
        unknown = dict.fromkeys(
            (
                "outlook_fy_change",
                "outlook_fy_realised",
                "outlook_fy_revised",
                *(f"forecast_{kind}_lag{lag}" for kind in ("wape", "accuracy", "bias") for lag in (1, 3)),
            ),
            NO_HISTORY,
        )
        return {
            **unknown,
            "plan_fy": plan,
            "outlook_fy": outlook,
            "outlook_fy_vs_plan": difference(outlook, plan),
            "nrr": kept.ratio(lambda _, n: n),
            "grr": kept.ratio(min),
            "nrr_churn": kept.ratio(lambda b, n: b if n == 0 else 0),
            "nrr_contraction": kept.ratio(lambda b, n: b - n if 0 < n < b else 0),
            "nrr_expansion": kept.ratio(lambda b, n: n - b if 0 < b < n else 0),
            "nrr_cross_sell": kept.ratio(lambda b, n: n if b == 0 else 0),
            "nrr_mrr": kept.monthly(),
        }

    def wallet(self, revenue: Result) -> dict[str, Result]:
        spend, as_of = self.account["customer_spend"], self.account["spend_as_of"]
        result = divided(revenue, NO_DATA if spend is None else exact(spend))
        if isinstance(result, Fraction) and result > 1:
            result = Missing("inconsistent")
        stale = NO_DATA if as_of is None else as_of < months_before(self.as_of, 18)
        return {"share_of_wallet": result, "share_of_wallet_stale": stale}
