"""Monthly figures that hang together: quantity times price, cost of sales by quantity, freight by revenue.

The plan of a year is drawn up before the year begins, so it knows the trend and the season and nothing of what
happened later. The forecast knows all that happened and has no chance in it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Row = dict[str, Any]
FLAT = (1.0,) * 12


@dataclass(frozen=True)
class Product:
    """What is sold: price and unit cost in account currency, yearly growth, season by month, the plan's optimism."""

    line: str
    price: float
    cost: float
    growth: float = 0.0
    planned_growth: float = 0.05
    price_rise: float = 0.02
    planned_price_rise: float = 0.02
    season: tuple[float, ...] = FLAT
    noise: float = 0.06


@dataclass(frozen=True)
class Sale:
    """One product bought by one unit: quantity a month at the start; `changes` multiply it from a month on."""

    product: str
    unit: str
    quantity: float
    changes: Mapping[str, float]
    prices: Mapping[str, float]


def month_range(first: str, last: str) -> list[date]:
    """Return the first days of the months from `first` to `last`, both such as 2026-10."""
    year, month = map(int, first.split("-"))
    last_year, last_month = map(int, last.split("-"))
    months = []
    while (year, month) <= (last_year, last_month):
        months.append(date(year, month, 1))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


class Finances:
    """Makes the rows of a sample's financials from its description in YAML."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._definition = definition
        self._random = random.Random(definition["seed"])  # noqa: S311 - samples, no secrets
        self._months = month_range(definition["first"], definition["last"])
        self._closed = max(month_range(definition["first"], definition["closed"]))
        self._plan_from = definition.get("plan_from", definition["first"])
        self._unit_of_money = definition.get("round", 10)
        self._products = {
            name: Product(**{**values, "season": tuple(values.get("season", FLAT))})
            for name, values in definition["products"].items()
        }
        self._sales = [
            Sale(entry["product"], entry["unit"], entry["quantity"], entry.get("changes", {}), entry.get("prices", {}))
            for entry in definition["sales"]
        ]

    def rows(self) -> list[Row]:
        """Return the rows in the order of months, lines as declared."""
        return [row for month in self._months for row in self._of_month(month)]

    def _of_month(self, month: date) -> Iterator[Row]:
        revenue: dict[str, list[float]] = {}
        costs = []
        for sale in self._sales:
            product = self._products[sale.product]
            quantities = self._quantities(sale, product, month)
            prices = self._prices(sale, product, month)
            row = self._row(month, product.line, sale, quantities, prices)
            if row is None:
                continue
            yield row
            for scenario, name in enumerate(("actual", "plan", "forecast")):
                totals = revenue.setdefault(sale.unit, [0.0, 0.0, 0.0])
                totals[scenario] += row.get(name) or 0
            costs.append(self._row(month, self._definition["cost_line"], sale, quantities, self._costs(product, month)))
        yield from (row for row in costs if row is not None)
        for unit, totals in revenue.items():
            yield from self._overheads(month, unit, totals)

    def _years(self, month: date) -> float:
        first = self._months[0]
        return (month.year - first.year) + (month.month - first.month) / 12

    def _quantities(self, sale: Sale, product: Product, month: date) -> tuple[float, float, float]:
        """Return actual, planned and forecast quantity."""
        season = product.season[month.month - 1]
        expected = sale.quantity * (1 + product.growth) ** self._years(month) * season * _factor(sale.changes, month)
        actual = expected * self._random.gauss(1, product.noise)
        known = date(month.year, 1, 1)
        base = sale.quantity * (1 + product.growth) ** max(0.0, self._years(known) - 0.5) * _factor(sale.changes, known)
        return max(0.0, actual), base * (1 + product.planned_growth) * season, expected

    def _prices(self, sale: Sale, product: Product, month: date) -> tuple[float, float, float]:
        years = month.year - self._months[-1].year + 1
        own = product.price * (1 + product.price_rise) ** years * _factor(sale.prices, month)
        return own * self._random.gauss(1, 0.008), product.price * (1 + product.planned_price_rise) ** years, own

    def _costs(self, product: Product, month: date) -> tuple[float, float, float]:
        drift = self._definition.get("cost_drift", 0.03) * (month.year - self._months[-1].year + 1)
        actual = product.price * product.cost * (1 + drift)
        return actual * self._random.gauss(1, 0.012), product.price * product.cost, actual

    def _row(
        self, month: date, line: str, sale: Sale, quantities: tuple[float, ...], prices: tuple[float, ...]
    ) -> Row | None:
        rounded = [round(quantity) for quantity in quantities]
        if not any(rounded):
            return None
        row: Row = {"period": month, "line": line, "product": sale.product, "unit": sale.unit}
        for scenario, quantity, price in zip(("actual", "plan", "forecast"), rounded, prices, strict=True):
            if self._is_open_for(scenario, month):
                row[scenario] = self._money(quantity * price)
                if self._definition.get("quantities", True):
                    row[f"{scenario}_quantity"] = quantity
        self._add_previous(row, month)
        return row

    def _add_previous(self, row: Row, month: date) -> None:
        """Type last year's amount where its own rows are not on the sheet, if the account keeps it that way."""
        factor, first = self._definition.get("previous"), self._months[0]
        if factor and "actual" in row and (month.year - 1, month.month) < (first.year, first.month):
            row["previous"] = self._money(row["actual"] * factor * self._random.gauss(1, 0.05))

    def _overheads(self, month: date, unit: str, revenue: list[float]) -> Iterator[Row]:
        """Yield the lines that follow revenue: freight, service, each with its own drift away from the plan."""
        for line, values in self._definition.get("overheads", {}).items():
            rates = (values["actual"] * self._random.gauss(1, 0.05), values["plan"], values["actual"])
            row: Row = {"period": month, "line": line, "unit": unit}
            for scenario, rate, total in zip(("actual", "plan", "forecast"), rates, revenue, strict=True):
                fixed = values.get("fixed", {}).get(unit, 0) * (values.get("over", 1.0) if scenario != "plan" else 1.0)
                if self._is_open_for(scenario, month):
                    row[scenario] = self._money(total * rate + fixed)
            yield row

    def _is_open_for(self, scenario: str, month: date) -> bool:
        if scenario == "actual":
            return month <= self._closed
        if scenario == "forecast":
            return month > self._closed
        return f"{month:%Y-%m}" >= str(self._plan_from)

    def _money(self, amount: float) -> int:
        return int(round(amount / self._unit_of_money) * self._unit_of_money)


def _factor(changes: Mapping[str, float], month: date) -> float:
    """Return the product of all factors that took effect by `month`."""
    factor = 1.0
    for since, change in changes.items():
        if since <= f"{month:%Y-%m}":
            factor *= change
    return factor
