"""Relationship (measures.md 4): recency, strength, coverage, threads, level contacts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.rules.plan import Result, Rows, ShippedRules

PLAN_RULES = ShippedRules.of("30_relationship")

AS_OF_LESS = {
    0: "2026-11-15",
    60: "2026-09-16",
    61: "2026-09-15",
    90: "2026-08-17",
    120: "2026-07-18",
    180: "2026-05-19",
}


def contact(number: str = "C1", **values: Any) -> Mapping[str, Any]:
    common = {"no": number, "name": f"Contact {number}", "decision_role": "user", "influence": 4, "sentiment": 1}
    return {**common, "counterpart": "Ida Holm", "last_contact": AS_OF_LESS[0], **values}


def people(*contacts: Mapping[str, Any], **more: Any) -> dict[str, Result]:
    return PLAN_RULES.results({"contacts": contacts, **more})


@pytest.mark.parametrize(
    ("days", "role", "recency"),
    [
        (90, "user", 1),
        (60, "sponsor", 1),
        (120, "decision_maker", Decimal("0.5")),
        (180, "decision_maker", 0),
        (None, "user", 0),
    ],
)
def test_recency_is_1_within_the_cadence_and_0_from_three_times_it(
    days: int | None, role: str, recency: Decimal
) -> None:
    found = people(
        contact(decision_role=role, sentiment=-2, last_contact=AS_OF_LESS[days] if days is not None else None)
    )
    assert found["relationship_strength"] == 30 * recency


def test_strength_is_sentiment_and_recency_weighted_by_influence() -> None:
    found = people(contact("C1", influence=5, sentiment=2), contact("C2", influence=1, sentiment=-2, last_contact=None))
    assert found["relationship_strength"] == Decimal("83.3333333333333")


def test_strength_needs_half_of_the_contacts_rated() -> None:
    unrated = {"influence": None, "sentiment": None}
    assert people(contact("C1"), contact("C2", **unrated))["relationship_strength"] == Decimal("82.5")
    assert (
        people(contact("C1"), contact("C2", **unrated), contact("C3", sentiment="unknown"))["relationship_strength"]
        == "n.a.: too_few"
    )
    assert people()["relationship_strength"] == "n.a.: no_data"


def test_people_who_left_are_nobody_until_the_day_has_come() -> None:
    assert people(contact("C1", left_on="2026-11-15"))["threads"] == "n.a.: no_data"
    assert people(contact("C1", left_on="2026-11-16"))["threads"] == 1


def test_a_talk_on_the_touchpoint_sheet_counts_and_one_in_the_future_does_not() -> None:
    talks = [
        {"no": "T1", "held_on": "2026-11-01", "contacts": ["C1", "C2"]},
        {"no": "T2", "held_on": "2026-11-16", "contacts": ["C3"]},
    ]
    found = people(
        contact("C1", last_contact="2026-01-01"),
        contact("C2", last_contact=None),
        contact("C3", last_contact="2026-12-24"),
        touchpoints=talks,
    )
    assert (found["contacts_cold"], found["contacts_never_met"]) == (1, 1)


def test_coverage_asks_for_a_counterpart_and_a_recent_contact() -> None:
    found = people(
        contact("C1", decision_role="decision_maker"),
        contact("C2", decision_role="sponsor", counterpart=None),
        contact("C3", decision_role="decision_maker", last_contact=AS_OF_LESS[61]),
        contact("C4"),
        contact("C5", decision_role="sponsor", last_contact=AS_OF_LESS[60]),
    )
    assert found["decision_maker_coverage"] == Decimal("0.5")
    assert people(contact())["decision_maker_coverage"] == "n.a.: no_data"


def test_cold_contacts_are_counted_and_weighed_by_influence() -> None:
    found = people(
        contact("C1", influence=4),
        contact("C2", influence=1, last_contact="2026-01-01"),
        contact("C3", influence=5, last_contact=None),
    )
    assert (found["contacts_cold"], found["contacts_cold_pct"], found["contacts_never_met"]) == (2, Decimal("0.6"), 1)


@pytest.mark.parametrize(
    ("values", "threads"),
    [
        ({}, 1),
        ({"influence": 3}, 1),
        ({"influence": 2}, 0),
        ({"sentiment": 0}, 1),
        ({"sentiment": -1}, 0),
        ({"last_contact": "2026-08-16"}, 0),
    ],
)
def test_a_thread_is_influential_well_disposed_and_warm(values: dict[str, Any], threads: int) -> None:
    assert people(contact(**values))["threads"] == threads


def test_threads_by_unit_name_only_units_with_revenue() -> None:
    rows: Rows = {
        "lists_units": [{"name": "North"}, {"name": "South"}, {"name": "West"}],
        "financials": [
            {"period": "2026-10", "line": "Revenue", "unit": "North", "actual": 5},
            {"period": "2026-10", "line": "Revenue", "unit": "South", "actual": 5},
            {"period": "2026-10", "line": "Revenue", "unit": "West", "actual": -5},
        ],
        "contacts": [contact("C1", unit="North"), contact("C2", unit="North", influence=1), contact("C3", unit="West")],
    }
    assert PLAN_RULES.listed(rows, "threads_by_unit") == {"South": {"value": 0}, "North": {"value": 1}}
    assert PLAN_RULES.results(rows)["units_without_thread"] == 2


TEAM = [
    {"name": "Ida Holm", "level": "executive"},
    {"name": "Ben Ruiz", "level": "executive"},
    {"name": "Mia Sato", "level": "working"},
]


def talk(number: int, person: str, day: str = "2026-06-01") -> Mapping[str, Any]:
    return {"no": f"T{number}", "held_on": day, "contacts": ["C1"], "our_person": person}


def test_level_contacts_count_talks_at_the_counterparts_level() -> None:
    talks = [talk(1, "Ida Holm"), talk(2, "Ben Ruiz"), talk(3, "Mia Sato"), talk(4, "Ida Holm", "2025-11-15")]
    # 318 days since the plan began: 3 talks of one every 100 days were to be held
    found = people(contact(every_days=100, level="executive"), team=TEAM, touchpoints=talks)
    assert found["level_contacts_kept"] == Decimal("0.666666666666667")
    rows: Rows = {"contacts": [contact(every_days=100, level="executive")], "team": TEAM, "touchpoints": talks}
    assert PLAN_RULES.listed(rows, "level_contacts_by_pair")["executive", "executive"]["held"] == 2


def test_more_talks_than_expected_do_not_make_up_for_others() -> None:
    talks = [talk(number, "Ida Holm") for number in range(9)]
    found = people(contact("C1", every_days=150), contact("C2", every_days=150), team=TEAM, touchpoints=talks)
    assert found["level_contacts_kept"] == Decimal("0.5")


def test_nothing_expected_is_no_data() -> None:
    assert people(contact(every_days=None))["level_contacts_kept"] == "n.a.: no_data"
    assert people(contact(every_days=500))["level_contacts_kept"] == "n.a.: no_data"
