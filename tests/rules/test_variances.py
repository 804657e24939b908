"""Variances (measures.md 7) over the shipped rules: the report says in total what the measures say."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from pipeline.model import Plan, Quantity, VarianceRow
from tests.rules.plan import NONE, Rows, Settings, ShippedRules
from tests.rules.random_plans import random_plan

RULES = ShippedRules.of("10_performance", "70_variances")
PLAN_FILLS: Settings = {"outlook_fill": "plan"}


def total(plan: Plan, variance: str, span: str, reference: str) -> VarianceRow | None:
    rows = plan.variances[variance].rows
    return next((row for row in rows if (row.span, row.reference) == (span, reference) and not row.dimensions), None)


def compared(plan: Plan) -> Iterator[tuple[str, Quantity, Quantity]]:
    """Yield a name with what the report and what the measures say, for each sum that both have."""
    for kind in ("revenue", "gross_margin", "contribution"):
        for span, window in {"month": "mth", "ytd": "ytd", "l12m": "l12m"}.items():
            for reference, suffix in {"PL": "_pl", "PY": "_py"}.items():
                if found := total(plan, kind, span, reference):
                    yield f"{kind} {span} AC", found.actual, plan.measures[f"{kind}_{window}"].quantity
                    stated = plan.measures[f"{kind}_{window}{suffix}"].quantity
                    yield f"{kind} {span} {reference}", found.against, stated
    if outlook := total(plan, "revenue", "outlook", "PL"):
        yield "outlook", outlook.actual, plan.measures["outlook_fy"].quantity
        yield "plan of the year", outlook.against, plan.measures["plan_fy"].quantity


@pytest.mark.parametrize("parameters", [NONE, PLAN_FILLS], ids=["forecast", "plan fills"])
@pytest.mark.parametrize("seed", range(16))
def test_totals_of_the_report_are_the_measures(seed: int, parameters: Settings) -> None:
    sums = list(compared(RULES.judged(random_plan(seed), parameters=parameters)))
    assert not [(name, report, measure) for name, report, measure in sums if report.value != measure.value]


def test_the_comparison_reaches_values_and_gaps() -> None:
    """Guard the comparison itself: sums that are all n.a. would agree on everything."""
    found = [report for seed in range(16) for _, report, _ in compared(RULES.judged(random_plan(seed)))]
    assert {"incomplete", "no_data"} <= {report.reason for report in found}
    assert len([report for report in found if report.value is not None]) > len(found) // 4


def row(line: str, **amounts: Any) -> dict[str, Any]:
    return {"period": "2026-10", "line": line, "currency": "EUR", **amounts}


def test_a_line_without_plan_leaves_the_total_without_difference() -> None:
    rows: Rows = {"financials": [row("Revenue", actual=9, plan=8), row("Freight", actual=2)]}
    plan = RULES.judged(rows)
    contribution, revenue = total(plan, "contribution", "ytd", "PL"), total(plan, "revenue", "ytd", "PL")
    assert contribution is not None
    assert revenue is not None
    assert (contribution.absolute, contribution.note) == (Quantity(None, "incomplete"), "PL – Freight")
    assert revenue.absolute == Quantity(Decimal(1))


def test_the_plan_stands_in_for_a_forecast_in_the_report_too() -> None:
    months = [{"period": f"2026-{month:02d}", "line": "Revenue", "plan": 8, "actual": 9} for month in range(1, 11)]
    open_months = [
        row("Revenue", plan=8) | {"period": "2026-11", "forecast": 7},
        row("Revenue", plan=8) | {"period": "2026-12"},
    ]
    plan = RULES.judged({"financials": [*months, *open_months]}, parameters=PLAN_FILLS)
    outlook = total(plan, "revenue", "outlook", "PL")
    assert outlook is not None
    assert (outlook.actual.value, plan.measures["outlook_fy"].quantity.value) == (105, 105)


def test_lines_and_products_stand_as_the_lists_have_them_revenue_first() -> None:
    named = {"Revenue": "Umsatz", "Service": "Serviceumsatz", "Freight": "Fracht"}
    groups = {"Revenue": "revenue", "Service": "revenue", "Freight": "cost_to_serve"}
    listed = ("Freight", "Revenue", "Service")
    lists = [{"name": named[name], "nature": "income", "grp": groups[name]} for name in listed]
    amounts = [
        row(line, actual=1, plan=2, product=product) for line in named.values() for product in ("Ventile", "Arme")
    ]
    plan = RULES.judged(
        {"lists_lines": lists, "lists_products": [{"name": "Ventile"}, {"name": "Arme"}], "financials": amounts[::-1]}
    )
    found = [item.dimensions for item in plan.variances["lines"].rows if (item.span, item.reference) == ("ytd", "PL")]
    assert [line["line"] for line in found if len(line) == 1] == ["Umsatz", "Serviceumsatz", "Fracht"]
    assert [leaf["product"] for leaf in found if len(leaf) == 2] == ["Ventile", "Arme"] * 3
