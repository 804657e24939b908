"""Effort, contract, review, health, qualification (measures.md 6)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from pipeline.formats import Formatter
from pipeline.judge import judge, prepare
from tests.rules.plan import MEASURE_FILES, OCTOBER, Result, Rows, ShippedRules, rule_set, template, workbook

PLAN_RULES = ShippedRules.of(*MEASURE_FILES)

# 146 of 365 days have passed on 15 November when the plan began on 23 June: two fifths
TWO_FIFTHS = {"plan_starts_on": "2026-06-23", "plan_ends_on": "2027-06-22"}


def team(*people: Mapping[str, Any]) -> dict[str, Result]:
    return PLAN_RULES.results({"account": [TWO_FIFTHS], "team": people})


def test_offer_creep_compares_days_with_what_was_planned_to_date() -> None:
    found = team(
        {"name": "Ida", "planned_days": 10, "actual_days": 6, "day_cost": 100},
        {"name": "Ben", "actual_days": 1, "day_cost": 200},
        {"name": "Mia", "planned_days": 50},
        {"name": "Guest"},
    )
    assert (found["offer_creep"], found["offer_creep_pct"], found["offer_creep_cost"]) == (3, Decimal("0.75"), 400)
    assert (found["resource_cost"], found["offer_creep_left_out"]) == (800, 1)


def test_offer_creep_without_days_or_base() -> None:
    assert team({"name": "Ida", "planned_days": 10})["offer_creep"] == "n.a.: incomplete"
    assert team({"name": "Ida"})["offer_creep"] == "n.a.: no_data"
    unplanned = team({"name": "Ida", "actual_days": 2})
    assert (unplanned["offer_creep"], unplanned["offer_creep_pct"], unplanned["offer_creep_cost"]) == (
        2,
        "n.a.: zero_base",
        "n.a.: incomplete",
    )


@pytest.mark.parametrize(
    ("days", "cadence", "since", "overdue"),
    [
        (["2026-10-15", "2026-11-16"], "monthly", 31, 0),
        (["2026-10-14"], "monthly", 32, 1),
        (["2026-08-01", "2026-02-01"], "quarterly", 106, 14),
        ([], "yearly", 318, 0),
        ([], "half_yearly", 318, 134),
        ([], None, 318, "n.a.: no_data"),
    ],
)
def test_a_review_is_overdue_after_its_cadence(
    days: list[str], cadence: str | None, since: int, overdue: object
) -> None:
    found = PLAN_RULES.results(
        {"account": [{"review_cadence": cadence}], "reviews": [{"no": f"V{day}", "held_on": day} for day in days]}
    )
    assert (found["days_since_review"], found["review_overdue"]) == (since, overdue)


def test_without_review_or_plan_start_nothing_is_counted() -> None:
    assert PLAN_RULES.results({"account": [{"plan_starts_on": None}]})["days_since_review"] == "n.a.: no_data"


def test_the_latest_score_counts_not_the_latest_review() -> None:
    reviews: list[dict[str, Any]] = [
        {"no": "V1", "held_on": "2026-03-01", "score": 9},
        {"no": "V2", "held_on": "2026-06-01", "score": "7.5"},
        {"no": "V3", "held_on": "2026-09-01"},
        {"no": "V4", "held_on": "2026-12-01", "score": 1},
    ]
    assert PLAN_RULES.results({"reviews": reviews})["review_score"] == Decimal("7.5")


def contract(number: str, ends_on: str, notice: int | None = None, **values: Any) -> Mapping[str, Any]:
    return {"no": number, "contract": number, "ends_on": ends_on, "notice_days": notice, "yearly_value": 100, **values}


@pytest.mark.parametrize(
    ("ends_on", "notice", "window", "days"),
    [
        ("2026-11-14", 0, "expired", -1),
        ("2026-11-15", None, "within_30_days", 0),
        ("2026-12-14", 30, "notice_passed", -1),
        ("2026-12-15", 30, "within_30_days", 0),
        ("2026-12-15", 0, "within_30_days", 30),
        ("2026-12-16", 0, "within_60_days", 31),
        ("2027-01-14", 0, "within_60_days", 60),
        ("2027-02-13", 0, "within_90_days", 90),
        ("2027-02-14", 0, "later", 91),
    ],
)
def test_a_contract_has_a_day_to_act(ends_on: str, notice: int | None, window: str, days: int) -> None:
    rows = {"contracts": [contract("K1", ends_on, notice)]}
    found = PLAN_RULES.listed(rows, "renewals_by_contract")["K1"]
    assert (found["status"], found["days"]) == (window, days)
    assert PLAN_RULES.results(rows)["renewal_value_90"] == (100 if days <= 90 else 0)


def test_renewals_are_covered_by_an_open_renewal_that_names_the_contract() -> None:
    found = PLAN_RULES.results(
        {
            "contracts": [
                contract("K1", "2026-12-01"),
                contract("K2", "2026-12-01"),
                contract("K3", "2026-10-01"),
                contract("K4", "2026-12-01", outcome="renewed"),
                contract("K5", "2028-01-01"),
            ],
            "opportunities": [
                {"no": "P1", "kind": "renewal", "contract": "K1", "stage": "proposed"},
                {"no": "P2", "kind": "renewal", "contract": "K2", "stage": "lost"},
                {"no": "P3", "kind": "up_sell", "contract": "K3", "stage": "proposed"},
            ],
        }
    )
    assert (found["renewals_uncovered"], found["notices_passed_uncovered"], found["renewal_value_90"]) == (2, 1, 300)
    assert (found["next_renewal"], found["next_renewal_days"]) == ("K1", 16)
    assert PLAN_RULES.results({})["renewals_uncovered"] == "n.a.: no_data"


def healthy() -> dict[str, Any]:
    """Return rows whose parts of health are 82.5 × 0.6 + 40, 30, 100, 70 and 100."""
    sales = [{"period": f"2026-{month:02d}", "line": "Revenue", "actual": 90, "plan": 100} for month in range(1, 11)]
    return {
        "contacts": [
            {
                "no": "C1",
                "decision_role": "sponsor",
                "influence": 5,
                "sentiment": 1,
                "counterpart": "Ida",
                "last_contact": "2026-11-01",
            }
        ],
        "financials": sales,
        "objectives": [{"no": "O1", "baseline": 0, "target": 1, "current": 1, "better": "higher"}],
        "reviews": [{"no": "V1", "held_on": "2026-10-01", "score": 7}],
        "actions": [{"no": "A1", "due": "2026-06-01", "done_on": "2026-06-01", "side": "ours"}],
    }


def test_health_is_the_weighted_mean_of_parts_whose_terms_are_rescaled() -> None:
    found = PLAN_RULES.results(healthy())
    parts = {
        name: found[f"health_{name}"] for name in ("relationship", "performance", "outcomes", "service", "execution")
    }
    assert parts == {
        "relationship": Decimal("89.5"),
        "performance": 50,
        "outcomes": 100,
        "service": 70,
        "execution": 100,
    }
    assert (found["health"], found["health_band_reached"]) == (Decimal("80.375"), "green")


def test_a_part_without_terms_leaves_with_its_weight() -> None:
    rows = healthy() | {"reviews": [], "actions": []}
    found = PLAN_RULES.results(rows)
    assert (found["health_service"], found["health_weight_available"]) == ("n.a.: no_data", 70)
    assert found["health"] == Decimal("78.3928571428571")


def test_too_little_weight_gives_no_health() -> None:
    found = PLAN_RULES.results(healthy() | {"financials": [], "reviews": []})
    assert (found["health_weight_available"], found["health"]) == (60, Decimal("95.625"))
    assert PLAN_RULES.results(healthy() | {"financials": [], "actions": [], "reviews": []})["health"] == "n.a.: too_few"


def test_no_decision_maker_named_counts_0() -> None:
    contact = healthy()["contacts"][0] | {"decision_role": "user"}
    assert PLAN_RULES.results(healthy() | {"contacts": [contact]})["health_relationship"] == Decimal("49.5")


@pytest.mark.parametrize(
    ("change", "cap"),
    [
        ({"contracts": [contract("K1", "2026-11-01")]}, "health_cap_notice"),
        ({"issues": [{"no": "I1", "raised": "2026-11-01", "severity": "critical"}]}, "health_cap_issue"),
        (
            {
                "contacts": [
                    {
                        "no": "C1",
                        "decision_role": "sponsor",
                        "influence": 5,
                        "sentiment": -1,
                        "counterpart": "Ida",
                        "last_contact": "2026-11-01",
                    }
                ]
            },
            "health_cap_thread",
        ),
    ],
)
def test_health_is_capped(change: Rows, cap: str) -> None:
    found = PLAN_RULES.results(healthy() | dict(change))
    assert found[cap] is True
    assert (found["health"], found["health_band_reached"], found["health_capped"]) == (49, "red", True)


def contributions(rows: Rows) -> dict[str, Result]:
    return {part: series["contribution"] for part, series in PLAN_RULES.listed(rows, "health_parts").items()}


def test_contributions_are_tenths_that_sum_to_the_score() -> None:
    found = contributions(healthy())
    assert found == {
        "relationship": Decimal("22.4"),
        "performance": Decimal("12.5"),
        "outcomes": 20,
        "service": Decimal("10.5"),
        "execution": 15,
        "cap": "n.a.: no_data",
    }


def test_a_cap_stands_among_the_contributions() -> None:
    found = contributions(healthy() | {"contracts": [contract("K1", "2026-11-01")]})
    assert sum(value for value in found.values() if isinstance(value, Decimal | int)) == 49


def qualified(**account: Any) -> dict[str, Any]:
    sales = [{"period": f"2026-{month:02d}", "line": "Revenue", "actual": 120_000} for month in range(1, 11)]
    return {
        "account": [{"tier": "Strategic", "strategic_fit": 4, **account}],
        "financials": sales,
        "contacts": healthy()["contacts"],
    }


def test_qualification_is_warranted_by_four_criteria_with_revenue_or_growth() -> None:
    found = PLAN_RULES.results(qualified())
    assert (found["qualify_by_revenue"], found["qualify_by_growth"], found["qualify_by_retention"]) == (
        "yes",
        "unknown",
        "unknown",
    )
    assert (found["qualification"], found["qualification_met"]) == ("warranted", 4)


def test_qualification_is_open_while_unknowns_could_change_it() -> None:
    assert PLAN_RULES.results(qualified(strategic_fit=None))["qualification"] == "open"
    assert PLAN_RULES.results({})["qualification"] == "open"


def test_qualification_is_not_warranted_without_revenue_and_growth() -> None:
    pipeline = [{"no": "P1", "stage": "proposed", "kind": "new", "yearly_value": 10}]
    lists = {"lists_products": [{"name": "Looms"}], "lists_units": [{"name": "North"}]}
    sized = [{"product": "Looms", "unit": "North", "status": "competitor", "potential": 10}]
    rows = qualified() | {
        "financials": qualified()["financials"][:1],
        "opportunities": pipeline,
        "whitespace": sized,
        **lists,
    }
    found = PLAN_RULES.results(rows)
    assert (found["qualify_by_revenue"], found["qualify_by_growth"], found["qualification"]) == (
        "no",
        "no",
        "not_warranted",
    )


def test_a_plan_agreed_by_the_customer_qualifies_like_covered_decision_makers() -> None:
    rows = qualified() | {
        "contacts": [],
        "reviews": [{"no": "V1", "held_on": "2026-01-10", "agreed_by_customer": "Ann"}],
    }
    assert PLAN_RULES.results(rows)["qualify_by_access"] == "yes"
    assert PLAN_RULES.results(qualified() | {"contacts": []})["qualify_by_access"] == "unknown"


def test_criteria_are_a_list_for_documents() -> None:
    found = PLAN_RULES.judged(qualified()).measures["qualification_criteria"]
    assert [row.keys[0] for row in found.rows] == ["revenue", "contribution", "growth", "fit", "access", "retention"]
    assert PLAN_RULES.results(qualified())["qualification_proposal"] == "n.a.: no_history"


@pytest.mark.parametrize(("revenue", "printed", "band"), [(895, "70", "green"), (890, "69", "amber")])
def test_the_band_is_that_of_the_printed_score(revenue: int, printed: str, band: str) -> None:
    """69.75 prints as 70 and is as green as 70 is; 69.125 prints as 69 and stays amber."""
    months = [f"2026-{month:02d}" for month in range(1, 11)]
    sales = [{"period": month, "line": "Revenue", "actual": revenue, "plan": 1000} for month in months]
    missed = {"no": "O2", "baseline": 0, "target": 4, "current": 0, "better": "higher", "due": "2026-11-01"}
    rows = healthy() | {"financials": sales, "objectives": [*healthy()["objectives"], missed]}
    found = PLAN_RULES.results(rows)
    assert (Formatter("en").print(found["health"], "score"), found["health_band_reached"]) == (printed, band)


def test_weights_that_do_not_sum_to_100_give_no_score() -> None:
    weights = {"relationship": 25, "performance": 25, "outcomes": 20, "service": 15, "execution": 10}
    rules = prepare(template(), rule_set(*MEASURE_FILES), {"health_weight": weights})
    assert judge(workbook(healthy()), rules, OCTOBER).measures["health"].quantity.reason == "inconsistent"
