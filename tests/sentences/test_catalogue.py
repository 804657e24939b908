"""The engine's sentences: complete in every language, filled with data that stays data."""

import json
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest

from pipeline import sentences
from pipeline.model import Text
from pipeline.sentences import LANGUAGES, catalogue, sentence

CODES = sorted(set().union(*(catalogue(language) for language in LANGUAGES)))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", CODES)
def test_a_sentence_stands_in_every_language_with_the_same_placeholders(code: str) -> None:
    texts = {language: catalogue(language).get(code, "") for language in LANGUAGES}
    assert all(texts.values()), f"{code} is missing in {[language for language in texts if not texts[language]]}"
    assert len({frozenset(placeholders(text)) for text in texts.values()}) == 1, texts


@pytest.mark.parametrize("code", CODES)
def test_a_placeholder_is_a_name_and_nothing_else(code: str) -> None:
    for language in LANGUAGES:
        assert all(name.isidentifier() for name in placeholders(catalogue(language)[code]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_stands_twice_in_a_file(language: str) -> None:
    file = Path(sentences.__file__).with_name(f"{language}.json")
    pairs: list[tuple[str, str]] = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list)
    assert [code for code, times in Counter(code for code, _ in pairs).items() if times > 1] == []


def test_a_sentence_is_filled_by_language() -> None:
    text = sentence("sheet-missing", title=Text({"en": "Actions", "de": "Maßnahmen", "ja": "アクション"}))
    assert "“Actions”" in text.to("en")
    assert "„Maßnahmen“" in text.to("de")
    assert "「アクション」" in text.to("ja")


def test_braces_in_data_stay_as_they_are() -> None:
    assert "{{ 7*7 }} {title.x}" in sentence("sheet-missing", title="{{ 7*7 }} {title.x}").to("en")


def test_an_unknown_code_and_a_missing_argument_are_faults_of_ours() -> None:
    with pytest.raises(KeyError):
        sentence("no-such-code")
    with pytest.raises(KeyError):
        sentence("sheet-missing")
