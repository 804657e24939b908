"""The customer's sentences: each is true of what the customer sees, whatever is shared."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.rules.plan import Rows, ShippedRules, rule_set

JOINT_RULES = ShippedRules.of("80_joint_plan")
SHARED: Mapping[str, Any] = {"shared_with_customer": True}


def said(page: str, **rows: list[dict[str, Any]]) -> str:
    return JOINT_RULES.judged(rows).headlines[page].message.to("en")


def review(number: str, held_on: str, **values: Any) -> dict[str, Any]:
    return {"no": number, "held_on": held_on, **SHARED, **values}


def test_a_meeting_that_was_planned_for_a_day_gone_by_is_not_said_to_have_taken_place() -> None:
    missed = [review("V1", "2026-03-01", next_review="2026-06-01")]
    assert said("joint_reviews", reviews=missed) == "We last reviewed this plan together on 1 Mar 2026"


@pytest.mark.parametrize(
    ("reviews", "day"),
    [
        ([review("V1", "2026-03-01", next_review="2026-12-01")], "1 Dec 2026"),
        ([review("V1", "2026-03-01", next_review="2026-11-15")], "15 Nov 2026"),
        (
            [
                review("V1", "2026-03-01", next_review="2026-12-01"),
                review("V2", "2026-06-01", next_review="2027-01-10"),
            ],
            "10 Jan 2027",
        ),
        ([review("V1", "2026-03-01"), review("V2", "2026-11-20")], "20 Nov 2026"),
    ],
)
def test_the_next_meeting_is_the_one_that_was_agreed_last(reviews: list[dict[str, Any]], day: str) -> None:
    assert said("joint_reviews", reviews=reviews) == f"We review this plan together next on {day}"


def issue(**values: Any) -> dict[str, Any]:
    return {"no": "I1", "raised": "2026-10-01", "what": "Leak", **SHARED, **values}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"due": "2026-12-01", "owner": "Ida Holm"}, "One issue is open, with a date and an owner"),
        ({"owner": "Ida Holm"}, "One issue is still open"),
        ({"due": "2026-11-01", "owner": "Ida Holm"}, "One issue is still open"),
        ({"due": "2026-12-01"}, "One issue is still open"),
        ({"resolved": "2026-10-05"}, "No issue is open"),
        ({"resolved": "2026-11-16"}, "One issue is still open"),
    ],
)
def test_a_date_and_an_owner_are_promised_only_where_there_are_any(values: dict[str, Any], sentence: str) -> None:
    assert said("joint_issues", issues=[issue(**values)]) == sentence


def level(measure: str, actual: int, period: str = "2026-10") -> dict[str, Any]:
    return {"measure": measure, "better": "higher", "agreed": 95, "period": period, "actual": actual}


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ([level("Up", 99)], "The agreed service level is met, as of Oct 2026"),
        ([level("Up", 9)], "We do not meet the agreed service level yet, as of Oct 2026"),
        ([level("Up", 9), level("Fast", 9)], "We do not meet the 2 agreed service levels yet, as of Oct 2026"),
        ([level("Up", 99), level("Fast", 9)], "One of 2 service levels is met, as of Oct 2026"),
        ([level("Up", 99), level("Fast", 99, "2026-07")], "All service levels are met"),
        ([level("Up", 9, "2026-09"), level("Up", 99)], "The agreed service level is met, as of Oct 2026"),
    ],
)
def test_service_levels_are_as_of_a_month_only_if_all_were_measured_then(
    levels: list[dict[str, Any]], sentence: str
) -> None:
    assert said("joint_service", service_levels=levels) == sentence


def test_nothing_of_nothing_is_no_success() -> None:
    headlines = JOINT_RULES.judged({}).headlines
    sentences = [item.message.to("en") for item in headlines.values() if item.customer]
    assert not [sentence for sentence in sentences if "reached" in sentence or "done" in sentence or "0" in sentence]


def objective(number: str, current: int, due: str = "2026-12-31") -> dict[str, Any]:
    values = {"no": number, "objective": number, "better": "higher", "baseline": 0, "target": 10}
    return {**values, "current": current, "due": due, **SHARED}


@pytest.mark.parametrize(
    ("currents", "sentence"),
    [
        ((10,), "Your objective is reached"),
        ((10, 12), "Your objectives are reached"),
        ((10, 5), "One of your 2 objectives is reached; the next is due on 31 Dec 2026"),
        ((5,), "One objective guides our work, due on 31 Dec 2026"),
    ],
)
def test_objectives_are_counted_in_the_right_number(currents: tuple[int, ...], sentence: str) -> None:
    rows = [objective(f"O{place}", current) for place, current in enumerate(currents)]
    assert said("joint_objectives", objectives=rows) == sentence


def test_what_is_not_shared_or_given_up_is_in_no_sentence() -> None:
    hidden: Rows = {
        "objectives": [
            objective("O1", 10) | {"shared_with_customer": False},
            objective("O2", 10) | {"status": "dropped"},
        ],
        "actions": [{"no": "A1", "done_on": "2026-10-01"}, {"no": "A2", "cancelled": True, **SHARED}],
        "issues": [issue() | {"shared_with_customer": None}],
        "reviews": [review("V1", "2026-03-01") | {"shared_with_customer": False}],
    }
    shown, empty = JOINT_RULES.judged(hidden), JOINT_RULES.judged({})
    assert {name: item.message for name, item in shown.headlines.items()} == {
        name: item.message for name, item in empty.headlines.items()
    }


def test_customer_sentences_speak_every_language_of_customers() -> None:
    texts = [case.say for item in rule_set("80_joint_plan").headlines for case in item.cases]
    assert all({"en", "de", "fr", "ja"} <= set(text.by_language) for text in texts)


def action(number: str, due: str | None, **values: Any) -> dict[str, Any]:
    return {"no": number, "action": "Meter", "due": due, **SHARED, **values}


LATE, AHEAD = "2026-10-01", "2026-12-01"


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([AHEAD], "One agreed action is still to do, by 1 Dec 2026"),
        ([LATE], "One agreed action is still to do and past its date"),
        ([LATE, LATE], "2 agreed actions are still to do, all past their dates"),
        ([LATE, AHEAD], "2 agreed actions are still to do, one of them past its date"),
        ([LATE, LATE, AHEAD], "3 agreed actions are still to do, 2 of them past their dates"),
        ([AHEAD, AHEAD], "2 agreed actions are still to do; the next is due on 1 Dec 2026"),
        ([None], "What we agreed is still to be done"),
    ],
)
def test_what_is_late_is_said_to_be_late(days: list[str | None], sentence: str) -> None:
    actions = [action(f"A{number}", day) for number, day in enumerate(days, start=1)]
    assert said("joint_actions", actions=[*actions, action("A9", LATE, done_on="2026-09-30")]) == sentence
