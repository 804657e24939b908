"""Measures over earlier editions: n.a. without them, and equal to plain Python over the saves themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.rules.editions import Save, calendar_of, past_of, results_after
from tests.rules.oracle_editions import Editions
from tests.rules.oracle_numbers import Missing
from tests.rules.plan import MEASURE_FILES, Rows, ShippedRules
from tests.rules.random_plans import random_plan
from tests.rules.test_effort_and_health import healthy
from tests.rules.test_measures import agrees

PLAN_RULES = ShippedRules.of(*MEASURE_FILES)
DAYS = (date(2026, 1, 20), date(2026, 3, 31), date(2026, 5, 31), date(2026, 7, 2), date(2026, 8, 31), date(2026, 9, 30))
NOW = date(2026, 11, 15)
SEEDS = range(9)


def random_saves(seed: int) -> list[Save]:
    """Return the last save of an account with up to six editions before it, which differ from it in some rows."""
    draw, last = Random(seed), random_plan(seed)  # noqa: S311 - examples, no secrets
    days = sorted(draw.sample(DAYS, draw.choice((0, 1, 4, 6))))
    earlier = [Save(earlier_rows(draw, last), calendar_of(day)) for day in days]
    if earlier and draw.random() < 0.4:
        earlier.append(Save(last, calendar_of(date(2026, 10, 20))))
    return [*earlier, Save(last, calendar_of(NOW))]


def earlier_rows(draw: Random, rows: Rows) -> Rows:
    share = draw.choice((0.0, 0.1, 0.6))
    changed = {
        "financials": [earlier_amounts(draw, row, share) for row in rows["financials"] if draw.random() > share / 20],
        "actions": [earlier_due(draw, row, share) for row in rows["actions"] if draw.random() > share / 4],
        "contacts": rows["contacts"] if draw.random() < 0.7 else rows["contacts"][:-1],
    }
    return {**rows, **changed}


def earlier_amounts(draw: Random, row: Mapping[str, Any], share: float) -> Mapping[str, Any]:
    """Return a financial row as it was before its month closed: with a forecast, mostly without an actual."""
    if draw.random() < 0.02:
        return {key: value for key, value in row.items() if key != "forecast"}
    forecast = row.get("forecast", row.get("actual"))
    if forecast not in (None, "unknown") and draw.random() < share:
        forecast = str(Decimal(str(forecast)) * Decimal(str(draw.choice(("0.8", "1.05", "1.5")))))
    return {**row, "forecast": forecast}


def earlier_due(draw: Random, row: Mapping[str, Any], share: float) -> Mapping[str, Any]:
    if row["due"] is None or draw.random() > share:
        return row
    return {**row, "due": row["due"] + timedelta(days=draw.choice((-30, -7, -1, 14)))}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rules_agree_with_plain_python_over_the_saves(seed: int) -> None:
    saves = random_saves(seed)
    found, expected = results_after(PLAN_RULES, saves), Editions(saves).results()
    differing = {name: (found[name], value) for name, value in expected.items() if not agrees(name, found[name], value)}
    assert not differing


def test_chance_reaches_values_of_all_of_them() -> None:
    """Guard the comparison itself: accounts without a past would agree on everything."""
    all_results = [Editions(random_saves(seed)).results() for seed in SEEDS]
    valued = {name for results in all_results for name, value in results.items() if not isinstance(value, Missing)}
    assert valued == set(all_results[0])


# By hand -------------------------------------------------------------------------------------------------------------


def months(first: int, last: int, **amounts: Any) -> list[Mapping[str, Any]]:
    return [{"period": f"2026-{month:02d}", "line": "Revenue", **amounts} for month in range(first, last + 1)]


def saved(day: str, **rows: Any) -> Save:
    return Save(rows, calendar_of(date.fromisoformat(day)))


def test_the_change_of_the_outlook_is_realised_in_closed_months_and_revised_in_open_ones() -> None:
    july = saved("2026-07-15", financials=[*months(1, 6, actual=100), *months(7, 12, forecast=90)])
    now = [*months(1, 6, actual=100), *months(7, 10, actual=95, forecast=90), *months(11, 12, forecast=70)]
    found = results_after(PLAN_RULES, [july, saved("2026-11-15", financials=now)])
    assert (found["outlook_fy_realised"], found["outlook_fy_revised"], found["outlook_fy_change"]) == (20, -40, -20)
    before = results_after(PLAN_RULES, [july])["outlook_fy"]
    assert (before, found["outlook_fy"]) == (1140, 1120)


def test_the_outlook_is_compared_with_the_last_edition_that_held_anything_else() -> None:
    def expecting(day: str, amount: int) -> Save:
        return saved(day, financials=[*months(1, 1, actual=50), *months(2, 12, forecast=amount)])

    first, second, third = expecting("2026-02-15", 90), expecting("2026-02-16", 90), expecting("2026-02-17", 100)
    again = expecting("2026-02-18", 100)
    assert results_after(PLAN_RULES, [first, second])["outlook_fy_change"] == "n.a.: no_history"
    for saves in ([first, second, third], [first, second, third, again], [first, second, third, again, again]):
        assert results_after(PLAN_RULES, saves)["outlook_fy_change"] == 110


def test_the_forecast_of_a_month_is_that_of_the_last_edition_before_it() -> None:
    editions = [
        saved("2026-06-30", financials=months(7, 10, forecast=80)),
        saved("2026-08-31", financials=months(7, 10, forecast=120)),
        saved("2026-09-01", financials=months(7, 10, forecast=500)),
    ]
    now = saved("2026-11-15", financials=months(7, 10, actual=100))
    found = results_after(PLAN_RULES, [*editions, now])
    # one month ahead: July and August 80, September 120, October 500
    assert (found["forecast_wape_lag1"], found["forecast_bias_lag1"]) == (Decimal("1.15"), Decimal("0.95"))
    assert found["forecast_accuracy_lag1"] == 0
    # three months ahead only September and October had a forecast: 80 each
    assert found["forecast_wape_lag3"] == "n.a.: too_few"


def test_an_action_slips_from_the_due_date_it_had_first() -> None:
    def due(day: str, *dates: str) -> Save:
        return saved(day, actions=[{"no": f"A{number}", "due": due} for number, due in enumerate(dates, start=1)])

    saves = [due("2026-01-05", "2026-03-01", "2026-04-01"), due("2026-02-05", "2026-03-20", "2026-03-01")]
    saves.append(due("2026-03-05", "2026-03-31", "2026-04-01", "2026-05-01"))
    found = results_after(PLAN_RULES, saves)
    assert [found[f"actions_slipped{kind}"] for kind in ("", "_days", "_times")] == [1, 30, 3]
    rows = PLAN_RULES.judged(saves[-1].rows, saves[-1].calendar, history=past_of(PLAN_RULES, saves[:-1]))
    (slip,) = rows.measures["slips_by_action"].rows
    assert (slip.keys, {name: item.value for name, item in slip.series.items()}) == (("A1",), {"days": 30, "times": 2})


def test_sections_are_fresh_while_their_latest_value_is_younger_than_their_limit() -> None:
    actions, risks = [{"no": "A1", "action": "Call"}], [{"no": "R1", "risk": "Churn"}]
    first = saved("2026-01-01", actions=actions, risks=risks)
    changed = saved("2026-03-01", actions=[{"no": "A1", "action": "Write"}], risks=risks)
    # actions 30 days, account and risks 180
    assert results_after(PLAN_RULES, [first, saved("2026-01-30", **first.rows)])["freshness"] == 1
    assert results_after(PLAN_RULES, [first, saved("2026-01-31", **first.rows)])["freshness"] == pytest.approx(
        Decimal(2) / 3
    )
    assert results_after(PLAN_RULES, [first, changed, saved("2026-03-30", **changed.rows)])["freshness"] == 1
    assert results_after(PLAN_RULES, [first, saved("2026-03-30", actions=[], risks=risks)])["freshness"] == 1


def test_a_lower_tier_is_proposed_after_two_quarters_below_it() -> None:
    small = unqualified("Strategic")
    saves = [saved("2026-05-20", **small), saved("2026-08-20", **small), saved("2026-11-15", **small)]
    found = results_after(PLAN_RULES, saves)
    assert (found["qualification"], found["quarters_not_warranted"]) == ("not_warranted", 2)
    assert found["qualification_proposal"] == "Key"
    assert results_after(PLAN_RULES, saves[1:])["qualification_proposal"] == "n.a.: no_history"
    raised = [saved("2026-05-20", **unqualified("Key")), *saves[1:]]
    assert results_after(PLAN_RULES, raised)["qualification_proposal"] == "Strategic"


def unqualified(tier: str) -> Mapping[str, Any]:
    return {
        "account": [{"tier": tier, "strategic_fit": 1}],
        "financials": [{"period": "2026-01", "line": "Revenue", "actual": 10}],
        "opportunities": [{"no": "P1", "stage": "proposed", "kind": "new", "yearly_value": 10}],
        "lists_products": [{"name": "Looms"}],
        "lists_units": [{"name": "North"}],
        "whitespace": [{"product": "Looms", "unit": "North", "status": "competitor", "potential": 10}],
    }


def test_the_trend_of_health_looks_back_a_quarter() -> None:
    better = {**healthy(), "objectives": []}
    saves = [saved("2026-07-01", **better), saved("2026-10-01", **better), saved("2026-11-15", **healthy())]
    found, before = results_after(PLAN_RULES, saves), results_after(PLAN_RULES, saves[:1])
    assert isinstance(found["health"], Decimal)
    assert found["health_before"] == before["health"] != found["health"]
    assert found["health_trend"] == pytest.approx(found["health"] - Decimal(str(before["health"])))
    assert results_after(PLAN_RULES, saves[1:])["health_trend"] == "n.a.: no_history"
    plan = PLAN_RULES.judged(saves[-1].rows, saves[-1].calendar, history=past_of(PLAN_RULES, saves[:-1]))
    assert [row.keys for row in plan.measures["health_by_month"].rows] == [(date(2026, 7, 1),), (date(2026, 10, 1),)]


def test_talks_are_expected_since_the_first_edition_that_carried_a_contact() -> None:
    contact = {"no": "C1", "counterpart": "Ida Holm", "every_days": 30, "level": "executive"}
    talk = {"no": "T1", "held_on": "2026-11-01", "contacts": ["C1"], "our_person": "Ida Holm"}
    later = {**contact, "no": "C2"}
    rows: Rows = {
        "account": [{"plan_starts_on": "2026-01-01"}],
        "team": [{"name": "Ida Holm", "level": "executive"}],
        "touchpoints": [talk],
    }
    first = Save({**rows, "contacts": [contact]}, calendar_of(date(2026, 9, 16)))
    now = Save({**rows, "contacts": [contact, later]}, calendar_of(NOW))
    assert results_after(PLAN_RULES, [now])["level_contacts_kept"] == Decimal("0.05")  # 318 days, ten talks each
    assert results_after(PLAN_RULES, [first, now])["level_contacts_kept"] == Decimal("0.5")  # 60 days, and none yet
    assert results_after(PLAN_RULES, [now, now])["level_contacts_kept"] == "n.a.: no_data"
