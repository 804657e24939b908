"""docs/measures.md says what the rules do."""

from collections import Counter

import pytest

from tests.rules.plan import rule_set
from tools.measures_page.page import PAGE, SectionOfPage, page, sections


def test_the_page_is_what_the_rules_and_sentences_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tools.measures_page`"


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.file)
def test_every_measure_that_is_one_number_is_described_once(section: SectionOfPage) -> None:
    described = Counter(name for entry in section.entries for name in entry.ids)
    assert described == Counter(measure.id for measure in rule_set(section.file).measures if not measure.by)
