"""Checks and alerts: each sounds at its cell on the smallest plan that deserves it, and stays silent on a tidy one."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.rules.plan import MEASURE_FILES, Rows, ShippedRules, rule_set

ALL_RULES = ShippedRules.of()
CHECK_RULES = ShippedRules.of("75_checks")
ALERT_RULES = ShippedRules.of(*MEASURE_FILES, "70_variances", "85_alerts")
ENGINE_FINDINGS = ("value-missing", "value-unknown", "rows-too-few")
LISTS: Rows = {"lists_products": [{"name": "Looms"}], "lists_units": [{"name": "North"}]}
CLOSED = {"no": "P1", "name": "Order", "kind": "new", "expected_close": "2026-12-01"}
CONTACT = {"no": "C1", "name": "Ann Lee", "decision_role": "sponsor"}
OBJECTIVE = {"no": "O1", "objective": "Ship faster", "kpi": "Days", "better": "lower", "baseline": 8, "target": 4}


def sold(period: str, amount: int | None, line: str = "Revenue", **more: Any) -> dict[str, Any]:
    return {"period": period, "line": line, "actual": amount, "currency": "EUR", **more}


def cells(status: str, potential: int | None = None, *, revenue: int | None = None) -> Rows:
    sales = [] if revenue is None else [sold("2026-10", revenue, product="Looms", unit="North")]
    cell = {"product": "Looms", "unit": "North", "status": status, "potential": potential}
    return {**LISTS, "whitespace": [cell], "financials": sales}


CHECKS: Mapping[str, tuple[Rows, str]] = {
    "actuals-missing": ({"financials": [sold("2026-09", None, plan=5), sold("2026-10", 4)]}, "financials!F2"),
    "plan-missing": ({"financials": [sold("2026-10", 4, plan=5), sold("2026-10", 4, "Freight")]}, "financials!G3"),
    "forecast-missing": ({"financials": [sold("2026-10", 4), sold("2026-11", None, plan=5)]}, "financials!H3"),
    "previous-year-differs": ({"financials": [sold("2025-10", 7), sold("2026-10", 4, previous=6)]}, "financials!I3"),
    "cost-negative": ({"financials": [sold("2026-10", -4, "Freight")]}, "financials!F2"),
    "actual-in-open-month": ({"financials": [sold("2026-11", 4, forecast=5)]}, "financials!F2"),
    "spend-below-revenue": ({"account": [{"customer_spend": 3}], "financials": [sold("2026-10", 4)]}, "account!"),
    "spend-stale": ({"account": [{"spend_as_of": "2024-01-01"}]}, "account!"),
    "wallet-shares-too-high": (
        {
            "account": [{"customer_spend": 10}],
            "financials": [sold("2026-10", 4)],
            "competitors": [{"name": "A", "share_of_wallet": "0.7"}],
        },
        "competitors!",
    ),
    "whitespace-owned-without-revenue": (cells("owned", revenue=0), "whitespace!C2"),
    "whitespace-no-fit-with-revenue": (cells("no_fit", revenue=5), "whitespace!C2"),
    "whitespace-potential-too-small": (cells("owned", 4, revenue=5), "whitespace!D2"),
    "open-past-close": (
        {"opportunities": [CLOSED | {"stage": "proposed", "expected_close": "2026-11-14"}]},
        "opportunities!",
    ),
    "closed-without-date": ({"opportunities": [CLOSED | {"stage": "won"}]}, "opportunities!"),
    "closed-in-future": ({"opportunities": [CLOSED | {"stage": "won", "closed_on": "2026-11-16"}]}, "opportunities!"),
    "renewal-without-contract": (
        {"opportunities": [CLOSED | {"kind": "renewal", "stage": "proposed"}]},
        "opportunities!",
    ),
    "no-decision-maker": ({"contacts": [CONTACT | {"decision_role": "user"}]}, "contacts!"),
    "contact-in-future": ({"contacts": [CONTACT | {"last_contact": "2026-11-16"}]}, "contacts!"),
    "left-but-receives-plan": (
        {"contacts": [CONTACT, CONTACT | {"no": "C2", "receives_plan": True, "left_on": "2026-11-01"}]},
        "contacts!",
    ),
    "receives-plan-without-email": ({"contacts": [CONTACT | {"receives_plan": True}]}, "contacts!"),
    "achieved-too-early": ({"objectives": [OBJECTIVE | {"current": 5, "status": "achieved"}]}, "objectives!"),
    "objective-stale": (
        {
            "objectives": [
                OBJECTIVE
                | {"current": 6, "baseline_on": "2026-01-01", "due": "2027-12-31", "measured_on": "2026-01-01"},
                OBJECTIVE | {"no": "O2", "current": 4, "measured_on": "2026-01-01"},
            ]
        },
        "objectives!",
    ),
    "due-before-baseline": (
        {"objectives": [OBJECTIVE | {"baseline_on": "2026-06-01", "due": "2026-05-01"}]},
        "objectives!",
    ),
    "done-in-future": (
        {"actions": [{"no": "A1", "action": "Audit", "due": "2026-12-01", "done_on": "2026-11-16"}]},
        "actions!",
    ),
    "action-without-due": ({"actions": [{"no": "A1", "action": "Audit"}]}, "actions!"),
    "outcomes-unassessed": ({"actions": [{"no": "A1", "due": "2026-06-01", "done_on": "2026-06-01"}]}, "actions!"),
    "resolved-in-future": ({"issues": [{"no": "I1", "raised": "2026-11-01", "resolved": "2026-11-16"}]}, "issues!"),
    "resolved-before-raised": ({"issues": [{"no": "I1", "raised": "2026-10-02", "resolved": "2026-10-01"}]}, "issues!"),
    "contract-expired": ({"contracts": [{"no": "K1", "contract": "Frame", "ends_on": "2026-11-14"}]}, "contracts!"),
    "review-in-future": ({"reviews": [{"no": "V1", "held_on": "2026-11-16"}]}, "reviews!"),
    "score-without-method": ({"reviews": [{"no": "V1", "held_on": "2026-10-01", "score": 8}]}, "reviews!"),
    "plan-period-over": ({"account": [{"plan_ends_on": "2026-11-14"}]}, "account!"),
    "plan-period-reversed": ({"account": [{"plan_starts_on": "2027-01-01"}]}, "account!"),
    "timing-without-reversal": (
        {"commentary": [{"period": "2026-10", "block": "ytd", "permanence": "timing", "reverses_in": "2026-10"}]},
        "commentary!",
    ),
}

WARM = CONTACT | {"influence": 5, "sentiment": 2, "counterpart": "Ida Holm", "last_contact": "2026-11-01"}
RENEWAL = {"no": "P1", "kind": "renewal", "contract": "K1", "stage": "proposed", "expected_close": "2026-12-01"}


def contract(ends_on: str, notice: int = 0) -> Mapping[str, Any]:
    return {"no": "K1", "contract": "Frame", "ends_on": ends_on, "notice_days": notice, "yearly_value": 5}


def year(forecast: int, plan: int = 10) -> list[Mapping[str, Any]]:
    closed = [sold(f"2026-{month:02d}", 10, plan=plan) for month in range(1, 11)]
    return closed + [sold(f"2026-{month}", None, plan=plan, forecast=forecast) for month in (11, 12)]


def recurring(before: int, after: int) -> Rows:
    months = [(year, month) for year in (2024, 2025, 2026) for month in range(1, 13)][10:34]
    sales = [
        sold(f"{year}-{month:02d}", before if index < 12 else after, product="Care", unit="North")
        for index, (year, month) in enumerate(months)
    ]
    return {
        "lists_products": [{"name": "Care", "recurring": True}],
        "lists_units": LISTS["lists_units"],
        "financials": sales,
    }


WON = [{"no": f"P{n}", "kind": "new", "stage": stage, "yearly_value": 10, "closed_on": "2026-06-01"}
       for n, stage in ((7, "won"), (8, "lost"), (9, "lost"))]  # fmt: skip
ALERTS: Mapping[str, Rows] = {
    "critical-issue-overdue": {
        "issues": [{"no": "I1", "what": "Stop", "raised": "2026-11-01", "severity": "critical"}]
    },
    "notice-passed-uncovered": {"contracts": [contract("2026-12-01", 90)]},
    "renewal-in-30-days-uncovered": {"contracts": [contract("2026-12-01")]},
    "renewal-in-60-days-uncovered": {"contracts": [contract("2027-01-01")]},
    "renewal-in-90-days-uncovered": {"contracts": [contract("2027-02-01")]},
    "notice-passed": {"contracts": [contract("2026-12-01", 90)], "opportunities": [RENEWAL]},
    "notice-in-30-days": {"contracts": [contract("2026-12-01")], "opportunities": [RENEWAL]},
    "no-thread": {"contacts": [CONTACT]},
    "single-threaded": {"contacts": [WARM]},
    "one-counterpart": {"contacts": [WARM, WARM | {"no": "C2"}]},
    "decision-makers-cold": {"contacts": [CONTACT]},
    "decision-maker-coverage-low": {"contacts": [WARM, CONTACT | {"no": "C2"}]},
    "gap-not-covered": {"financials": year(5), "opportunities": [RENEWAL]},
    "objectives-missed": {"objectives": [OBJECTIVE | {"current": 7, "due": "2026-11-14"}]},
    "revenue-behind-plan": {"financials": year(5, plan=11)},
    "retention-below-base": recurring(100, 90),
    "pipeline-thin": {
        "financials": year(9),
        "opportunities": [*WON, RENEWAL | {"yearly_value": 48, "starts_on": "2026-12-01", "probability": 1}],
    },
    "actions-overdue": {"actions": [{"no": "A1", "due": "2026-11-14"}]},
    "issues-overdue": {"issues": [{"no": "I1", "raised": "2026-10-01", "severity": "low"}]},
    "over-served": {"team": [{"name": "Ida", "planned_days": 1, "actual_days": 9}]},
    "review-overdue": {"account": [{"review_cadence": "monthly"}]},
    "risks-severe": {"risks": [{"no": "R1", "likelihood": 3, "impact": 5}]},
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_its_cell(name: str) -> None:
    rows, place = CHECKS[name]
    found = [finding for finding in CHECK_RULES.judged(rows).findings if finding.id == name]
    assert len(found) == 1
    assert found[0].place.startswith(place)


def found(name: str, *financials: Mapping[str, Any]) -> list[str]:
    return [item.place for item in CHECK_RULES.judged({"financials": financials}).findings if item.id == name]


def test_a_gap_of_the_year_before_is_reported_while_the_previous_year_rests_on_it() -> None:
    gap, now = sold("2025-09", None, plan=5), sold("2026-09", 4)
    assert found("actuals-missing", gap, now) == ["financials!F2"]
    assert found("actuals-missing", gap, now | {"previous": 3}) == []
    assert found("actuals-missing", gap | {"period": "2024-09"}, now) == []


def test_a_typed_previous_year_beside_actuals_of_another_grain_is_reported() -> None:
    before, now = sold("2025-10", 100), sold("2026-10", 70, unit="North", previous=60)
    assert found("previous-year-differs", before, now) == ["financials!I3"]
    assert found("previous-year-differs", before, sold("2026-10", 70, previous=100)) == []


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_sounds(name: str) -> None:
    assert [alert.id for alert in ALERT_RULES.judged(ALERTS[name]).alerts].count(name) == 1


def test_every_check_and_alert_is_tried_here() -> None:
    assert {check.id for check in rule_set().checks} == set(CHECKS)
    assert {alert.id for alert in rule_set().alerts} == set(ALERTS)


def test_a_tidy_plan_has_neither_findings_of_rules_nor_alerts() -> None:
    tidy: Rows = {
        **LISTS,
        "account": [{"review_cadence": "yearly", "customer_spend": 900, "spend_as_of": "2026-06-01"}],
        "financials": [*year(10), *(dict(row) | {"line": "Material"} for row in year(10))],
        "contacts": [WARM, WARM | {"no": "C2", "counterpart": "Ben Ruiz"}],
        "contracts": [contract("2028-01-01", 90)],
        "objectives": [
            OBJECTIVE | {"current": 4, "status": "achieved", "baseline_on": "2026-01-01", "due": "2026-12-31"}
        ],
        "actions": [{"no": "A1", "action": "Audit", "due": "2026-06-01", "done_on": "2026-05-01", "outcome": "yes"}],
        "opportunities": [RENEWAL],
        "issues": [{"no": "I1", "raised": "2026-06-01", "severity": "low", "resolved": "2026-06-03"}],
    }
    plan = ALL_RULES.judged(tidy)
    assert not [finding.message.to("en") for finding in plan.findings if finding.id not in ENGINE_FINDINGS]
    assert not [alert.message.to("en") for alert in plan.alerts]


def test_the_gravest_matters_come_first() -> None:
    """The deck prints the first three as what needs a decision."""
    levels = [alert.level for alert in rule_set().alerts]
    assert levels == sorted(levels, reverse=True)
    assert [alert.id for alert in rule_set().alerts][:2] == ["critical-issue-overdue", "notice-passed-uncovered"]
