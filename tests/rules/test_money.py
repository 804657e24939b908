"""Performance (measures.md 2): each definition's edges on rows a reader can add up."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline.model import Calendar
from tests.rules.plan import OCTOBER, ShippedRules

PLAN_RULES = ShippedRules.of("10_performance")

PRODUCTS = [
    {"name": "Looms", "recurring": True},
    {"name": "Care", "recurring": True},
    {"name": "Yarn", "recurring": False},
]
UNITS = [{"name": "North"}, {"name": "South"}]


def row(period: str, line: str = "Revenue", **amounts: Any) -> Mapping[str, Any]:
    return {"period": period, "line": line, "currency": "EUR", **amounts}


def money(*financials: Mapping[str, Any], calendar: Calendar = OCTOBER, **parameters: object) -> Mapping[str, Any]:
    rows = {"financials": financials, "lists_products": PRODUCTS, "lists_units": UNITS}
    return PLAN_RULES.results(rows, calendar, parameters)


def year(
    line: str = "Revenue", first: str = "2026-01", months: int = 12, **amounts: Any
) -> Sequence[Mapping[str, Any]]:
    start = date.fromisoformat(f"{first}-01")
    found = []
    for step in range(months):
        years, month = divmod(start.year * 12 + start.month - 1 + step, 12)
        found.append(row(f"{years}-{month + 1:02d}", line, **amounts))
    return found


def test_margins_subtract_costs_that_are_entered_as_positive_amounts() -> None:
    found = money(
        row("2026-10", actual=100, plan=90),
        row("2026-10", "Service", actual=20, plan=30),
        row("2026-10", "Material", actual=70, plan=60),
        row("2026-10", "Freight", actual=-10, plan=12),
        row("2026-10", "Orders", actual=999, plan=999),
    )
    assert (found["revenue_mth"], found["gross_margin_mth"], found["contribution_mth"]) == (120, 50, 60)
    assert (found["revenue_mth_pl"], found["gross_margin_mth_pl"], found["contribution_mth_pl"]) == (120, 60, 48)
    assert found["gross_margin_pct_mth"] == Decimal("0.416666666666667")
    assert found["contribution_points_mth_pl"] == 10


def test_money_ends_at_the_last_closed_month_and_begins_with_its_window() -> None:
    found = money(
        row("2025-10", actual=1000),
        row("2025-11", actual=1),
        row("2025-12", actual=2),
        row("2026-01", actual=10),
        row("2026-10", actual=100),
        row("2026-11", actual=5000),
    )
    assert (found["revenue_mth"], found["revenue_ytd"], found["revenue_l12m"]) == (100, 110, 113)


def test_a_fiscal_year_may_begin_in_any_month() -> None:
    july = Calendar(date(2026, 11, 15), date(2026, 10, 31), date(2026, 7, 1), date(2027, 6, 30))
    found = money(row("2026-06", actual=1), row("2026-07", actual=10), row("2027-06", plan=7, actual=9), calendar=july)
    assert found["revenue_ytd"] == 10


def test_a_blank_of_a_loaded_month_is_0_and_a_month_without_any_actual_is_missing() -> None:
    loaded = money(row("2026-09", actual=5, plan=1), row("2026-09", product="Looms", plan=1))
    assert loaded["revenue_ytd"] == 5
    missing = money(row("2026-09", actual=5, plan=1), row("2026-10", plan=1))
    assert missing["revenue_ytd"] == "n.a.: incomplete"
    assert missing["revenue_mth"] == "n.a.: incomplete"
    assert missing["revenue_ytd_pl"] == 2


def test_a_line_without_actuals_makes_only_the_sums_that_contain_it_incomplete() -> None:
    found = money(row("2026-10", actual=5), row("2026-10", "Freight", plan=1))
    assert (found["revenue_mth"], found["gross_margin_mth"], found["contribution_mth"]) == (5, 5, "n.a.: incomplete")


def test_unknown_is_always_missing() -> None:
    found = money(row("2026-10", actual=5), row("2026-10", product="Looms", actual="unknown"))
    assert found["revenue_mth"] == "n.a.: incomplete"


def test_no_rows_are_no_data_and_never_0() -> None:
    found = money()
    assert {found[f"{kind}_{span}"] for kind in ("revenue", "contribution") for span in ("mth", "ytd", "l12m")} == {
        "n.a.: no_data"
    }
    assert found["outlook_fy"] == "n.a.: no_data"


def test_a_plan_is_loaded_by_one_value_in_the_fiscal_year() -> None:
    found = money(row("2026-01", actual=1, plan=10), row("2026-02", actual=1), row("2026-02", "Service", actual=1))
    assert found["revenue_ytd_pl"] == "n.a.: incomplete"
    alone = money(row("2026-01", actual=1, plan=10), row("2026-02", actual=1))
    assert alone["revenue_ytd_pl"] == 10
    assert money(row("2026-01", actual=1))["revenue_ytd_pl"] == "n.a.: no_data"


def test_the_previous_year_is_the_actuals_twelve_months_before_and_the_typed_column_fills_in() -> None:
    both = money(row("2025-10", actual=70), row("2026-10", actual=90, previous=60))
    assert both["revenue_mth_py"] == 70
    assert money(row("2026-10", actual=90, previous=60))["revenue_mth_py"] == 60


def test_a_typed_previous_year_is_not_added_to_the_actuals_of_the_same_line_and_month() -> None:
    """Last year's rows had no unit, this year's have: what is typed beside them is the same money again."""
    found = money(
        row("2025-10", actual=100),
        row("2026-10", actual=70, unit="North", previous=60),
        row("2026-10", actual=50, unit="South", previous=40),
    )
    assert found["revenue_mth_py"] == 100


def test_a_previous_year_that_is_partly_unknown_is_missing_whatever_is_typed() -> None:
    before = [row("2025-10", actual=100, product="Looms"), row("2025-10", actual="unknown", product="Care")]
    now = [row("2026-10", actual=90, product="Looms"), row("2026-10", actual=50, product="Care", previous=40)]
    other = [row("2025-10", "Service", actual=5), row("2026-10", "Service", actual=6)]
    assert money(*before, *now, *other)["revenue_mth_py"] == "n.a.: incomplete"


def test_a_typed_previous_year_counts_where_the_older_rows_hold_a_plan_only() -> None:
    found = money(row("2025-10", plan=100), row("2026-10", actual=90, previous=60))
    assert found["revenue_mth_py"] == 60


def test_what_was_sold_only_last_year_belongs_to_the_previous_year() -> None:
    found = money(row("2025-10", product="Yarn", actual=70), row("2026-10", product="Looms", actual=90))
    assert (found["revenue_mth"], found["revenue_mth_py"]) == (90, 70)


def test_a_previous_year_that_covers_fewer_months_is_incomplete() -> None:
    found = money(row("2025-10", actual=70), *year(months=10, actual=10))
    assert (found["revenue_mth_py"], found["revenue_ytd_py"]) == (70, "n.a.: incomplete")


@pytest.mark.parametrize(("revenue", "reason"), [(0, "zero_base"), (-5, "negative_base")])
def test_a_margin_in_per_cent_needs_positive_revenue(revenue: int, reason: str) -> None:
    found = money(row("2026-10", actual=revenue), row("2026-10", "Material", actual=3))
    assert found["gross_margin_pct_mth"] == f"n.a.: {reason}"


def test_the_outlook_is_actual_of_closed_and_forecast_of_open_months() -> None:
    found = money(*year(months=10, actual=10, plan=8), *year(first="2026-11", months=2, actual=777, forecast=6, plan=8))
    assert (found["outlook_fy"], found["plan_fy"], found["outlook_fy_vs_plan"]) == (112, 96, 16)
    assert found["outlook_fy_filled"] == 0


def test_an_open_month_without_forecast_makes_the_outlook_incomplete_unless_the_plan_fills_it() -> None:
    rows = [*year(months=10, actual=10, plan=8), row("2026-11", forecast=6, plan=8), row("2026-12", plan=8)]
    assert money(*rows)["outlook_fy"] == "n.a.: incomplete"
    filled = money(*rows, outlook_fill="plan")
    assert (filled["outlook_fy"], filled["outlook_fy_filled"]) == (114, Decimal("0.0701754385964912"))


def test_open_months_that_nobody_has_rows_for_yet_make_the_outlook_incomplete() -> None:
    assert money(*year(months=10, actual=10))["outlook_fy"] == "n.a.: incomplete"


def recurring(product: str, unit: str, before: int, after: int) -> Sequence[Mapping[str, Any]]:
    sold: dict[str, Any] = {"product": product, "unit": unit}
    return [*year(first="2024-11", actual=before, **sold), *year(first="2025-11", actual=after, **sold)]


def test_retention_adds_up_from_churn_contraction_expansion_and_cross_sell() -> None:
    found = money(
        *recurring("Looms", "North", 100, 0),
        *recurring("Looms", "South", 100, 60),
        *recurring("Care", "North", 200, 260),
        *year(first="2025-11", actual=40, product="Care", unit="South"),
        *recurring("Yarn", "North", 900, 1),
    )
    parts = ("nrr", "grr", "nrr_churn", "nrr_contraction", "nrr_expansion", "nrr_cross_sell")
    assert tuple(found[name] for name in parts) == tuple(map(Decimal, ("0.9", "0.65", "0.25", "0.1", "0.15", "0.1")))
    assert found["nrr_mrr"] == Decimal("0.9")


def test_a_negative_year_of_an_item_counts_as_0() -> None:
    found = money(*recurring("Looms", "North", 100, -30), *recurring("Care", "North", 100, 100))
    assert (found["nrr"], found["grr"]) == (Decimal("0.5"), Decimal("0.5"))


def test_retention_needs_a_base_that_reaches_back_to_its_first_quarter() -> None:
    sold: dict[str, Any] = {"product": "Looms", "unit": "North"}
    late = [*year(first="2025-02", months=9, actual=10, **sold), *year(first="2025-11", actual=10, **sold)]
    assert money(*late)["nrr"] == "n.a.: no_history"
    assert money(*year(first="2025-11", actual=10, **sold))["nrr"] == "n.a.: zero_base"
    assert money(*year(first="2025-11", actual=10, product="Yarn"))["nrr"] == "n.a.: no_data"


@pytest.mark.parametrize(
    ("spend", "expected"),
    [(480, Decimal("0.25")), (120, 1), (100, "n.a.: inconsistent"), (0, "n.a.: zero_base"), (None, "n.a.: no_data")],
)
def test_share_of_wallet(spend: int | None, expected: object) -> None:
    rows = {"financials": year(first="2025-11", actual=10), "account": [{"customer_spend": spend}]}
    assert PLAN_RULES.results(rows)["share_of_wallet"] == expected


@pytest.mark.parametrize(("day", "stale"), [("2025-05-15", False), ("2025-05-14", True), (None, "n.a.: no_data")])
def test_spend_is_stale_after_eighteen_months(day: str | None, stale: object) -> None:
    assert PLAN_RULES.results({"account": [{"spend_as_of": day}]})["share_of_wallet_stale"] == stale


def test_what_needs_earlier_editions_is_without_history() -> None:
    found = money(*year(months=10, actual=10, forecast=9))
    names = [name for name in found if name.startswith(("forecast_", "outlook_fy_re"))]
    assert {found[name] for name in (*names, "outlook_fy_change")} == {"n.a.: no_history"}


def test_months_show_forecast_only_where_they_are_open_and_nothing_where_a_line_is_missing() -> None:
    rows = {
        "financials": [
            row("2026-09", plan=5),
            row("2026-10", actual=7, plan=5, forecast=6),
            row("2026-11", actual=1, forecast=6),
        ]
    }
    found = PLAN_RULES.listed(rows, "revenue_by_month")
    assert found[date(2026, 9, 1)]["AC"] == "n.a.: no_data"
    assert (found[date(2026, 10, 1)]["AC"], found[date(2026, 10, 1)]["FC"]) == (7, "n.a.: no_data")
    assert (found[date(2026, 11, 1)]["AC"], found[date(2026, 11, 1)]["FC"]) == ("n.a.: no_data", 6)


def test_lines_of_contribution_stand_with_their_sign_in_the_order_of_the_statement() -> None:
    rows = {
        "financials": [
            row("2026-10", "Freight", actual=3, plan=4),
            row("2026-10", actual=9, plan=10),
            row("2026-10", "Material", actual=5, plan=4),
        ]
    }
    found = PLAN_RULES.listed(rows, "contribution_ytd_by_line")
    assert {line: series["delta"] for line, series in found.items()} == {"Revenue": -1, "Material": -1, "Freight": 1}
    assert list(found) == ["Revenue", "Material", "Freight"]
