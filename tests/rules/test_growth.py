"""Growth (measures.md 3): whitespace, pipeline, coverage of the gap, hit rates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.rules.plan import Result, Rows, ShippedRules

PLAN_RULES = ShippedRules.of("10_performance", "20_growth")

LISTS: Rows = {
    "lists_products": [{"name": "Looms"}, {"name": "Care"}],
    "lists_units": [{"name": "North"}, {"name": "South"}],
}


def whitespace(*cells: Mapping[str, Any], **more: Any) -> dict[str, Result]:
    return PLAN_RULES.results({**LISTS, "whitespace": cells, **more})


def cell(product: str, unit: str, status: str = "in_discussion", **values: Any) -> Mapping[str, Any]:
    return {"product": product, "unit": unit, "status": status, **values}


def sale(product: str, unit: str, amount: int, period: str = "2026-10") -> Mapping[str, Any]:
    return {"period": period, "line": "Revenue", "product": product, "unit": unit, "actual": amount}


def test_whitespace_is_what_is_left_of_the_potential_of_addressable_cells() -> None:
    found = whitespace(
        cell("Looms", "North", "owned", potential=100),
        cell("Looms", "South", potential=50, current=20),
        cell("Care", "North", "no_fit", potential=900),
        cell("Care", "South", "unknown"),
        financials=[sale("Looms", "North", 130), sale("Looms", "North", 999, "2025-10")],
    )
    assert found["whitespace_value"] == 30
    assert found["whitespace_penetration"] == Decimal("0.8")
    assert (found["whitespace_unsized"], found["whitespace_mapped"]) == (1, Decimal("0.75"))


def test_computed_revenue_beats_the_typed_one_wherever_there_are_financial_rows() -> None:
    found = whitespace(cell("Looms", "North", potential=100, current=90), financials=[sale("Looms", "North", 10)])
    assert found["whitespace_value"] == 90


def test_pairs_without_a_row_are_unknown_and_unsized() -> None:
    found = whitespace()
    assert (found["whitespace_unsized"], found["whitespace_mapped"], found["whitespace_value"]) == (
        4,
        0,
        "n.a.: no_data",
    )


def test_a_cell_with_a_missing_month_has_no_value() -> None:
    gap = {"period": "2026-09", "line": "Revenue", "product": "Looms", "unit": "North", "plan": 5}
    found = whitespace(cell("Looms", "North", potential=100), financials=[sale("Looms", "North", 10), gap])
    assert found["whitespace_value"] == "n.a.: incomplete"


def test_pursued_is_the_share_of_value_with_an_open_opportunity() -> None:
    pursuits = [
        {"no": "P1", "product": "Looms", "unit": "North", "stage": "qualified"},
        {"no": "P2", "product": "Looms", "unit": "North", "stage": "proposed"},
        {"no": "P3", "product": "Care", "unit": "South", "stage": "lost"},
    ]
    found = whitespace(
        cell("Looms", "North", potential=30), cell("Care", "South", potential=70), opportunities=pursuits
    )
    assert found["whitespace_pursued"] == Decimal("0.3")
    served = whitespace(cell("Looms", "North", potential=30, current=30))
    assert served["whitespace_pursued"] == "n.a.: zero_base"


def test_the_grid_shows_every_pair() -> None:
    found = PLAN_RULES.listed({**LISTS, "whitespace": [cell("Looms", "North", potential=30)]}, "whitespace_grid")
    assert len(found) == 4
    assert found["Looms", "North"] == {"current": 0, "potential": 30, "open": 30, "status": "in_discussion"}
    assert found["Care", "South"]["open"] == "n.a.: no_data"


def chance(number: str = "P1", **values: Any) -> Mapping[str, Any]:
    return {
        "no": number,
        "kind": "new",
        "stage": "proposed",
        "yearly_value": 1200,
        "expected_close": "2026-11-20",
        **values,
    }


def pipeline(*opportunities: Mapping[str, Any], **more: Any) -> dict[str, Result]:
    return PLAN_RULES.results({"opportunities": opportunities, **more})


@pytest.mark.parametrize(
    ("values", "weighted", "in_year"),
    [
        ({}, 600, 50),
        ({"probability": "0.9"}, 1080, 90),
        ({"probability": 0}, 0, 0),
        ({"starts_on": "2026-11-30"}, 600, 100),
        ({"starts_on": "2025-01-01"}, 600, 600),
        ({"starts_on": "2027-01-01"}, 600, 0),
        ({"in_forecast": True}, 600, 0),
        ({"in_forecast": False}, 600, 50),
        ({"expected_close": "2026-11-14", "starts_on": "2026-11-01"}, 600, 0),
        ({"expected_close": "2026-11-15", "starts_on": "2026-11-01"}, 600, 100),
        ({"stage": "won"}, 0, 0),
    ],
)
def test_weighted_pipeline_and_what_of_it_lands_in_the_year(
    values: dict[str, Any], weighted: int, in_year: int
) -> None:
    found = pipeline(chance(**values))
    assert (found["pipeline_weighted"], found["pipeline_in_year"]) == (weighted, in_year)


def test_an_open_opportunity_past_its_close_is_counted_apart() -> None:
    found = pipeline(
        chance(expected_close="2026-11-14"), chance("P2"), chance("P3", stage="lost", expected_close="2026-01-01")
    )
    assert found["pipeline_past_due"] == 1


def test_without_any_opportunity_nothing_is_said() -> None:
    assert pipeline()["pipeline_weighted"] == "n.a.: no_data"
    assert pipeline(chance(stage="lost"))["pipeline_weighted"] == 0


def months(actual: int, forecast: int, plan: int) -> list[Mapping[str, Any]]:
    rows = [{"period": f"2026-{month:02d}", "line": "Revenue", "plan": plan} for month in range(1, 13)]
    return [{**row, **({"actual": actual} if index < 10 else {"forecast": forecast})} for index, row in enumerate(rows)]


def test_coverage_compares_the_pipeline_of_the_year_with_the_gap() -> None:
    found = pipeline(chance(), financials=months(actual=10, forecast=5, plan=11))
    assert (found["gap_to_target"], found["pipeline_coverage_open"]) == (22, Decimal("4.54545454545455"))
    assert found["pipeline_coverage"] == Decimal("2.27272727272727")


def test_a_target_that_is_met_is_covered_and_no_number() -> None:
    met = pipeline(chance(), financials=months(actual=10, forecast=10, plan=10))
    assert (met["gap_to_target"], met["pipeline_coverage"]) == (0, "n.a.: covered")


def closed(number: str, stage: str, value: int | None, day: str = "2026-06-01", kind: str = "new") -> Mapping[str, Any]:
    return {"no": number, "kind": kind, "stage": stage, "yearly_value": value, "closed_on": day}


def test_hit_rate_counts_won_of_closed_in_twelve_months_and_renewals_apart() -> None:
    found = pipeline(
        closed("P1", "won", 100),
        closed("P2", "lost", 300, kind="up_sell"),
        closed("P3", "no_decision", 100, kind="cross_sell"),
        closed("P4", "won", 900, "2025-11-15"),
        closed("P5", "won", 900, "2026-11-16"),
        closed("P6", "won", 50, kind="renewal"),
    )
    assert (found["hit_rate"], found["hit_rate_value"]) == (Decimal("0.333333333333333"), Decimal("0.2"))
    assert (found["hit_rate_won"], found["hit_rate_closed"]) == (1, 3)
    assert (found["renewal_rate"], found["pipeline_coverage_required"]) == (1, 5)
    assert found["hit_rate_is_count"] is True


def test_rates_over_nothing_are_no_numbers() -> None:
    assert pipeline(chance())["hit_rate"] == "n.a.: no_data"
    assert pipeline(closed("P1", "lost", 0))["hit_rate_value"] == "n.a.: zero_base"
    assert pipeline(closed("P1", "lost", 5))["pipeline_coverage_required"] == "n.a.: zero_base"


def test_fruition_asks_what_became_of_opportunities_of_the_year_before() -> None:
    found = pipeline(
        chance("P1", opened_on="2025-11-15", stage="won"),
        chance("P2", opened_on="2024-11-16"),
        chance("P3", opened_on="2024-11-15"),
        chance("P4", opened_on="2025-11-16"),
    )
    assert found["fruition"] == Decimal("0.5")


def test_the_pipeline_by_stage_goes_from_early_to_late() -> None:
    rows = {
        "opportunities": [
            chance("P1", stage="negotiation"),
            chance("P2", stage="identified"),
            chance("P3", stage="identified"),
        ]
    }
    found = PLAN_RULES.listed(rows, "pipeline_by_stage")
    assert list(found) == ["identified", "negotiation"]
    assert found["identified"] == {"value": 2400, "weighted": 240, "deals": 2}


def test_a_growth_account_is_not_asked_for_whitespace() -> None:
    growth = [{"tier": "Growth"}]
    assert whitespace(account=growth)["whitespace_mapped"] == "n.a.: not_in_tier"
    assert whitespace(cell("Looms", "North"), account=growth)["whitespace_mapped"] == Decimal("0.25")
