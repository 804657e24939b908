"""Customer outcomes, actions, service (measures.md 5)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.rules.plan import Result, ShippedRules

PLAN_RULES = ShippedRules.of("40_outcomes")


def objective(number: str = "O1", **values: Any) -> Mapping[str, Any]:
    common = {"no": number, "baseline": 8, "target": 4, "current": 6, "better": "lower", "status": "open"}
    return {**common, "baseline_on": "2026-01-01", "due": "2027-11-15", **values}


def progress(**values: Any) -> Mapping[str, Result]:
    return PLAN_RULES.listed({"objectives": [objective(**values)]}, "objective_results")["O1"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Decimal("0.5")),
        ({"better": "higher", "baseline": 0, "target": 10, "current": 12}, Decimal("1.2")),
        ({"current": 9}, Decimal("-0.25")),
        ({"baseline": 5, "target": 0, "current": 1}, Decimal("0.8")),
        ({"target": 8, "current": 7}, 1),
        ({"target": 8, "current": 9}, 0),
        ({"target": 8, "current": 9, "better": "higher"}, 1),
        ({"current": None}, "n.a.: no_data"),
        ({"baseline": "unknown"}, "n.a.: no_data"),
    ],
)
def test_progress_is_the_share_of_the_way_from_baseline_to_target(values: dict[str, Any], expected: object) -> None:
    assert progress(**values)["progress"] == expected


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, "on_track"),
        ({"due": "2026-12-31"}, "behind"),
        ({"current": 4, "due": "2026-01-02"}, "achieved"),
        ({"due": "2026-11-14"}, "missed"),
        ({"due": None}, "not_measurable"),
        ({"baseline_on": None}, "not_measurable"),
        ({"current": None, "due": "2026-11-14"}, "not_measurable"),
        ({"measured_on": "2026-08-06"}, "not_measurable"),
        ({"measured_on": "2026-08-07"}, "on_track"),
        ({"measured_on": "2026-08-06", "due": "2026-11-14"}, "missed"),
    ],
)
def test_the_first_status_that_holds(values: dict[str, Any], status: str) -> None:
    assert progress(**values)["status"] == status


def test_progress_may_lag_the_time_by_a_tenth_and_not_by_more() -> None:
    """As of 15 November 80 of 100 days have passed: 0.70 is on track to the dot."""
    dates = {"baseline_on": "2026-08-27", "due": "2026-12-05", "baseline": 0, "target": 100, "better": "higher"}
    assert progress(**dates, current=70)["status"] == "on_track"
    assert progress(**dates, current="69.9")["status"] == "behind"


def test_objectives_on_track_leave_out_what_is_dropped_or_cannot_be_measured() -> None:
    found = PLAN_RULES.results(
        {
            "objectives": [
                objective("O1"),
                objective("O2", current=4),
                objective("O3", due="2026-11-01"),
                objective("O4", due="2026-12-31"),
                objective("O5", current=None),
                objective("O6", status="dropped", due="2026-11-01"),
            ]
        }
    )
    assert (found["objectives_on_track"], found["objectives_not_measurable"]) == (Decimal("0.5"), 1)


def test_attainment_is_clipped_and_weighted_by_priority() -> None:
    found = PLAN_RULES.results(
        {
            "objectives": [
                objective("O1", current=-9, priority="high"),
                objective("O2", current=20, priority="low"),
                objective("O3"),
                objective("O4", current=None, priority="high"),
            ]
        }
    )
    assert found["kpi_attainment"] == Decimal("0.666666666666667")
    assert PLAN_RULES.results({})["kpi_attainment"] == "n.a.: no_data"


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({"better": "higher", "current": 45, "target": 60}, Decimal("0.75")),
        ({"current": 8, "target": 6}, Decimal("0.75")),
        ({"current": 0, "target": 6}, "n.a.: no_data"),
    ],
)
def test_without_baseline_there_is_a_level(values: dict[str, Any], level: object) -> None:
    rows = {"objectives": [objective(baseline=None, **values)]}
    assert PLAN_RULES.listed(rows, "kpi_level")["O1"]["value"] == level
    assert PLAN_RULES.results(rows)["kpi_attainment"] == "n.a.: no_data"


def action(number: str = "A1", **values: Any) -> Mapping[str, Any]:
    return {"no": number, "side": "ours", "due": "2026-06-01", **values}


def actions(*rows: Mapping[str, Any]) -> dict[str, Result]:
    return PLAN_RULES.results({"actions": rows})


def test_actions_on_time_count_late_and_undone_ones_as_missed() -> None:
    found = actions(
        action("A1", done_on="2026-06-01"),
        action("A2", done_on="2026-06-02"),
        action("A3"),
        action("A4", side="theirs", done_on="2026-05-01"),
        action("A5", cancelled=True),
        action("A6", due=None),
        action("A7", due="2026-11-15", done_on="2026-11-01"),
        action("A8", due="2025-11-15", done_on="2025-11-01"),
    )
    assert (found["actions_on_time"], found["actions_on_time_theirs"]) == (Decimal("0.5"), 1)
    assert found["actions_on_time_ours"] == Decimal("0.333333333333333")


def test_overdue_actions_have_days_and_a_done_date_in_the_future_counts_as_none() -> None:
    found = actions(
        action("A1", due="2026-11-05", done_on="2026-11-20"),
        action("A2", due="2026-11-15"),
        action("A3", due="2026-11-14", cancelled=True),
    )
    assert (found["actions_overdue"], found["actions_overdue_days"]) == (1, 10)
    assert actions()["actions_overdue"] == "n.a.: no_data"
    assert found["actions_slipped"] == "n.a.: no_history"


def test_outcome_rate_is_over_assessed_actions_and_needs_half_of_them() -> None:
    done = {"done_on": "2026-06-01"}
    rows = [
        action("A1", outcome="yes", **done),
        action("A2", outcome="partly", **done),
        action("A3", outcome="too_early", **done),
        action("A4", **done),
    ]
    assert (actions(*rows)["outcome_rate"], actions(*rows)["outcomes_assessed"]) == (Decimal("0.75"), 2)
    assert actions(*rows, action("A5", **done))["outcome_rate"] == "n.a.: too_few"
    assert actions(action(outcome="no", **done))["outcome_rate"] == 0
    assert actions(action(outcome="yes"))["outcome_rate"] == "n.a.: no_data"


def test_value_delivered_is_what_the_customer_confirmed() -> None:
    done = {"done_on": "2026-06-01", "value": 500}
    found = actions(
        action("A1", confirmed_by_customer=True, **done),
        action("A2", **done),
        action("A3", value=9, confirmed_by_customer=True),
    )
    assert found["value_delivered"] == 500
    assert actions(action(done_on="2026-06-01"))["value_delivered"] == "n.a.: no_data"


def issue(number: str = "I1", **values: Any) -> Mapping[str, Any]:
    return {"no": number, "raised": "2026-06-01", "severity": "high", **values}


def issues(*rows: Mapping[str, Any]) -> dict[str, Result]:
    return PLAN_RULES.results({"issues": rows})


@pytest.mark.parametrize(
    ("values", "rate"),
    [
        ({"resolved": "2026-06-06"}, 1),
        ({"resolved": "2026-06-07"}, 0),
        ({"severity": "low", "resolved": "2026-06-21"}, 1),
        ({"agreed_days": 0, "resolved": "2026-06-02"}, 0),
        ({"agreed_days": 9, "due": "2026-06-03", "resolved": "2026-06-05"}, 0),
        ({}, 0),
        ({"resolved": "2026-11-16"}, 0),
        ({"due": "2026-11-15"}, "n.a.: no_data"),
        ({"severity": None}, "n.a.: no_data"),
    ],
)
def test_an_issue_is_due_by_date_agreed_days_or_severity(values: dict[str, Any], rate: object) -> None:
    assert issues(issue(**values))["issues_within_sla"] == rate


def test_open_overdue_satisfied_and_median_of_issues() -> None:
    found = issues(
        issue("I1", resolved="2026-06-04", satisfied=True),
        issue("I2", resolved="2026-06-08", satisfied=False),
        issue("I3", resolved="2026-06-05"),
        issue("I4", severity="critical"),
        issue("I5", raised="2026-11-12"),
    )
    assert (found["issues_open"], found["issues_overdue"], found["critical_issues_overdue"]) == (2, 1, 1)
    assert (found["issues_satisfied"], found["issues_satisfied_unanswered"]) == (Decimal("0.5"), 1)
    assert found["issues_days_to_resolve"] == 4
    assert issues(issue())["issues_satisfied"] == "n.a.: no_data"


def test_service_levels_meet_what_was_agreed_in_their_direction_year_to_date() -> None:
    level = {"agreed": 95, "actual": 95, "period": "2026-03"}
    rows = [
        {"measure": "Up", "better": "higher", **level},
        {"measure": "Late", "better": "lower", **level, "actual": "95.1"},
        {"measure": "Now", "better": "higher", **level, "period": "2026-11", "actual": 0},
        {"measure": "Then", "better": "higher", **level, "period": "2025-12", "actual": 0},
        {"measure": "Blank", "better": "higher", **level, "actual": None},
    ]
    assert PLAN_RULES.results({"service_levels": rows})["service_levels_met"] == Decimal("0.5")
