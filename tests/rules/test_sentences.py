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
    assert not [sentence for sentence in sentences if re.search(r"n\.a\.|None|\bnan\b|  ", sentence)]


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
