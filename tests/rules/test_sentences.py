"""Headlines and alerts: sentences with the number that matters, whatever the plan."""

import re

import pytest

from pipeline.model import Text
from tests.rules.plan import MEASURE_FILES, Rows, ShippedRules, rule_set
from tests.rules.random_plans import random_plan

ALL_RULES = ShippedRules.of()
HEADLINE_RULES = ShippedRules.of(*MEASURE_FILES, "70_variances", "90_headlines")
PAGES = (
    "summary since_last_edition account_page customer objectives people whitespace performance bridge outlook pipeline"
    " competition renewals service issues_risks actions resources reviews qualification"
)
EMPTY: Rows = {}


def test_every_page_has_a_headline_in_english_and_german_even_for_an_empty_plan() -> None:
    headlines = HEADLINE_RULES.judged(EMPTY).headlines
    assert set(PAGES.split()) == set(headlines)
    for headline in headlines.values():
        assert {"en", "de"} <= set(headline.message.by_language)
        assert all(len(text) > 10 for text in headline.message.by_language.values())


@pytest.mark.parametrize("seed", range(6))
def test_no_sentence_prints_a_number_that_is_not_there(seed: int) -> None:
    plan = ALL_RULES.judged(random_plan(seed))
    said = [*(item.message for item in plan.headlines.values()), *(item.message for item in plan.alerts)]
    sentences = [sentence for text in said for sentence in text.by_language.values()]
    assert not [sentence for sentence in sentences if re.search(r"n\.a\.|\bNone\b(?! of)|\bnan\b|  ", sentence)]


def test_the_languages_of_a_text_say_the_same_number_of_things() -> None:
    """A translation that forgets a placeholder would drop a number."""
    texts: list[Text] = [case.say for headline in rule_set().headlines for case in headline.cases]
    texts += [alert.say for alert in rule_set().alerts] + [check.message for check in rule_set().checks]
    differing = []
    for text in texts:
        names = {tuple(sorted(set(re.findall(r"(?:measures|row)\.\w+", one)))) for one in text.by_language.values()}
        differing += [text.to("en")] if len(names) > 1 else []
    assert not differing


def test_checks_speak_english_german_and_japanese() -> None:
    assert all({"en", "de", "ja"} <= set(check.message.by_language) for check in rule_set().checks)


def headline(page: str, **rows: list[dict[str, object]]) -> str:
    return HEADLINE_RULES.judged(rows).headlines[page].message.to("en")


def sales(actual: int, plan: int, material: int = 0) -> list[dict[str, object]]:
    months = [f"2026-{month:02d}" for month in range(1, 11)]
    revenue = [{"period": month, "line": "Revenue", "actual": actual, "plan": plan} for month in months]
    return revenue + [{"period": month, "line": "Material", "actual": material, "plan": plan // 2} for month in months]


@pytest.mark.parametrize(
    ("actual", "material", "sentence"),
    [
        (104, 60, "Revenue is 4.0% ahead of plan; margin is 7.7 pp short"),
        (104, 40, "Revenue is 4.0% and margin 11.5 pp ahead of plan"),
        (104, 52, "Revenue is 4.0% ahead of plan"),
        (96, 60, "Revenue is 4.0% and margin 12.5 pp behind plan"),
        (96, 40, "Revenue is 4.0% behind plan; margin is 8.3 pp better"),
        (100, 50, "Revenue is on plan"),
    ],
)
def test_the_performance_page_says_how_revenue_and_margin_stand(actual: int, material: int, sentence: str) -> None:
    assert headline("performance", financials=sales(actual, 100, material)) == sentence


def test_good_news_and_bad_news_about_people_differ() -> None:
    warm: dict[str, object] = {"no": "C1", "decision_role": "sponsor", "influence": 5, "sentiment": 2}
    warm |= {"counterpart": "Ida Holm", "last_contact": "2026-11-01"}
    other = warm | {"no": "C2", "counterpart": "Ben Ruiz"}
    assert headline("people", contacts=[warm]) == "The account hangs on a single thread"
    assert (
        headline("people", contacts=[warm, other | {"counterpart": "Ida Holm"}])
        == "Both threads run through one person on our side"
    )
    assert (
        headline("people", contacts=[warm, other]) == "All decision makers are covered and 2 threads hold the account"
    )
    cold = headline("people", contacts=[warm, other, warm | {"no": "C3", "last_contact": None}])
    assert cold == "One of 3 decision makers and sponsors has no counterpart or has gone cold"


def said(page: str, **rows: list[dict[str, object]]) -> tuple[str, str]:
    message = ALL_RULES.judged(rows).headlines[page].message
    return message.to("en"), message.to("de")


def alerts(name: str, **rows: list[dict[str, object]]) -> list[tuple[str, str]]:
    found = [alert.message for alert in ALL_RULES.judged(rows).alerts if alert.id == name]
    return [(message.to("en"), message.to("de")) for message in found]


def test_one_day_is_a_day() -> None:
    late: dict[str, object] = {"no": "A1", "action": "Audit", "due": "2026-11-14"}
    assert said("actions", actions=[late]) == (
        "One action is overdue, by 1 day",
        "Eine Maßnahme ist überfällig, seit 1 Tag",
    )
    assert said("actions", actions=[late | {"due": "2026-11-13"}])[1].endswith("seit 2 Tagen")
    assert alerts("actions-overdue", actions=[late]) == [
        ("Overdue actions: 1, the oldest by 1 day.", "Überfällige Maßnahmen: 1, die älteste seit 1 Tag.")
    ]
    stopped: dict[str, object] = {"no": "I1", "what": "Stop", "raised": "2026-11-12", "severity": "critical"}
    english, german = alerts("critical-issue-overdue", issues=[stopped])[0]
    assert "is 1 day overdue" in english
    assert "ist 1 Tag überfällig" in german


@pytest.mark.parametrize(
    ("held_on", "english", "german"),
    [
        ("2026-11-15", "today", "heute"),
        ("2026-11-14", "1 day ago", "vor 1 Tag"),
        ("2026-11-12", "3 days ago", "vor 3 Tagen"),
    ],
)
def test_a_review_was_held_today_or_days_ago(held_on: str, english: str, german: str) -> None:
    assert said("reviews", reviews=[{"no": "V1", "held_on": held_on}]) == (
        f"The plan was reviewed with the customer {english}",
        f"Der Plan wurde zuletzt {german} mit dem Kunden besprochen",
    )


@pytest.mark.parametrize(
    ("ends_on", "notice", "words"),
    [
        ("2026-11-15", 0, "by 15 Nov 2026, today, and"),
        ("2026-11-16", 0, "by 16 Nov 2026, tomorrow, and"),
        ("2026-11-25", 0, "by 25 Nov 2026, in 10 days, and"),
        ("2026-12-01", 90, "could be given notice until 2 Sept 2026; that day has passed and"),
        ("2026-11-14", 0, "Frame ended on 14 Nov 2026 and no renewal opportunity"),
    ],
)
def test_a_contract_is_acted_on_today_tomorrow_or_too_late(ends_on: str, notice: int, words: str) -> None:
    contract: dict[str, object] = {"no": "K1", "contract": "Frame", "ends_on": ends_on, "notice_days": notice}
    plan = ALL_RULES.judged({"contracts": [contract]})
    assert words in next(alert.message.to("en") for alert in plan.alerts if alert.level == "red")


def test_one_of_one_is_the_only_one() -> None:
    cold: dict[str, object] = {"no": "C1", "decision_role": "decision_maker", "influence": 5, "sentiment": 1}
    friend: dict[str, object] = {"influence": 5, "sentiment": 1, "last_contact": "2026-11-01", "decision_role": "user"}
    friends = [friend | {"no": "C2", "counterpart": "Ida Holm"}, friend | {"no": "C3", "counterpart": "Ben Ruiz"}]
    assert headline("people", contacts=[cold, *friends]).startswith("The only decision maker we know has")
    assert alerts("decision-makers-cold", contacts=[cold])[0][0].startswith("The only decision maker or sponsor has")
    rival: dict[str, object] = {"name": "Weft & Co", "whose": "ours", "threat": 5}
    assert headline("competition", competitors=[rival]) == "The only competitor we know is a serious threat: Weft & Co"


@pytest.mark.parametrize(
    ("objectives", "sentence"),
    [
        ([(4, "2026-12-31"), (None, None)], "Every measurable objective of the customer is achieved or on track"),
        ([(8, "2026-12-31")], "No measurable objective of the customer is achieved or on track"),
        ([(8, "2026-11-01")], "No measurable objective of the customer is achieved or on track; one is missed"),
        (
            [(4, "2026-12-31"), (8, "2026-12-31"), (None, "2026-12-31")],
            "50% of the customer's measurable objectives are achieved or on track; one is behind",
        ),
    ],
)  # fmt: skip
def test_objectives_that_cannot_be_measured_are_not_counted_among_the_others(
    objectives: list[tuple[int | None, str | None]], sentence: str
) -> None:
    common: dict[str, object] = {"better": "lower", "baseline": 8, "target": 4, "baseline_on": "2026-01-01"}
    rows = [
        common | {"no": f"O{place}", "current": current, "due": due} for place, (current, due) in enumerate(objectives)
    ]
    assert headline("objectives", objectives=rows) == sentence


def year(forecast: int, plan: int = 100) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"period": f"2026-{month:02d}", "line": "Revenue", "plan": plan} for month in range(1, 13)
    ]
    return [row | ({"actual": plan} if place < 10 else {"forecast": forecast}) for place, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("forecast", "sentence"),
    [
        (100, "We expect to meet the plan of €1.2k"),
        (99, "We expect €1.2k for the year, all but the plan of €1.2k"),
        (90, "We expect €1.18k for the year, €20 below plan"),
        (150, "We expect €1.3k for the year, €100 above plan"),
    ],
)
def test_an_outlook_that_all_but_meets_the_plan_is_no_gap(forecast: int, sentence: str) -> None:
    assert headline("outlook", financials=year(forecast)).replace("\xa0", " ").replace("0k", "k") == sentence


def test_a_missing_actual_is_not_called_a_missing_forecast_nor_an_incomplete_plan_none() -> None:
    gap: list[dict[str, object]] = [{"period": "2026-09", "line": "Revenue", "plan": 5}]
    assert "actuals or forecasts are missing" in headline("outlook", financials=gap)
    unplanned: list[dict[str, object]] = [
        {"period": "2026-10", "line": "Revenue", "actual": 9, "plan": 8},
        {"period": "2026-10", "line": "Service", "actual": 2},
    ]
    assert (
        headline("performance", financials=unplanned)
        == "Revenue is €11 year to date; there is nothing to compare it with"
    )


def test_a_tier_with_enough_criteria_but_neither_revenue_nor_growth_says_why() -> None:
    small = [{"period": f"{year}-{month:02d}", "line": "Revenue", "product": "Care", "actual": 10}
             for year in (2024, 2025, 2026) for month in range(1, 13)]  # fmt: skip
    rows: dict[str, list[dict[str, object]]] = {
        "account": [{"tier": "Key", "strategic_fit": 5}],
        "lists_products": [{"name": "Care", "recurring": True}],
        "lists_units": [{"name": "North"}],
        "financials": [dict(row) for row in small],
        "whitespace": [{"product": "Care", "unit": "North", "status": "competitor", "potential": 10}],
        "opportunities": [{"no": "P1", "stage": "proposed", "kind": "new", "yearly_value": 1}],
        "reviews": [{"no": "V1", "held_on": "2026-10-01", "agreed_by_customer": "Ann Lee"}],
    }
    assert headline("qualification", **rows) == (
        "The tier is not warranted: 4 of 6 criteria are met, but neither revenue nor growth"
    )
