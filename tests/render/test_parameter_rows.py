"""The settings of the rules as a report lists them: in words, never in the codes of the definitions."""

from decimal import Decimal

import pytest

from pipeline.definitions.load import load_definitions
from pipeline.definitions.rule_set import Parameter, RuleSet
from pipeline.model import Text
from pipeline.render.documents import parameter_rows
from tests.support.repository import ROOT

DAYS = Parameter(
    id="days",
    label=Text({"en": "Days by severity", "de": "Tage je Schweregrad"}),
    value={"high": Decimal(5), "low": Decimal("20.5")},
    words={"high": Text({"en": "High", "de": "Hoch"}), "low": Text({"en": "Low", "de": "Niedrig"})},
)
FILL = Parameter(
    id="fill",
    label=Text.plain("Fill"),
    value="none",
    words={"none": Text({"en": "nothing", "de": "nichts"}), "plan": Text({"en": "the plan", "de": "der Plan"})},
)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", [("Days by severity", "High: 5, Low: 20.5"), ("Fill", "the plan")]),
        ("de", [("Tage je Schweregrad", "Hoch: 5, Niedrig: 20,5"), ("Fill", "der Plan")]),
    ],
)
def test_keys_and_codes_are_printed_as_words(language: str, expected: list[tuple[str, str]]) -> None:
    rows = parameter_rows(RuleSet(parameters=(DAYS, FILL)), {"fill": "plan"}, language)
    assert [(str(row["label"]), str(row["value"])) for row in rows] == expected


def test_every_code_of_the_shipped_settings_has_words_in_the_languages_of_the_report() -> None:
    definitions = load_definitions(ROOT, "account_plan", "planpress")
    (report,) = [document for document in definitions.outputs.documents if document.format == "yaml"]
    coded = [item for item in definitions.rules.parameters if isinstance(item.value, dict | str)]
    assert coded
    lacking = [
        f"{item.id} {language}"
        for item in coded
        for language in report.languages
        if not item.words or any(language not in word.by_language for word in item.words.values())
    ]
    assert lacking == []
