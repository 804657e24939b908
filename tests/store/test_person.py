"""A person is found by whole names, however they are written, and cut out without harming what stands around."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.errors import UsageError
from pipeline.store.person import ERASED, Person

JANE = Person.of(["Jane Roe", "jane.roe@contoso.example"])


@pytest.mark.parametrize(
    "text",
    [
        "Jane Roe",
        "Call jane roe, then Ana.",
        "Jane\u00a0Roe",
        "Jane\n  Roe",
        "（ＪＡＮＥ　ＲＯＥ）",
        "mailto:Jane.Roe@Contoso.example?subject=Plan",
        "“Jane Roe”",
    ],
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert JANE.is_in(text)
    assert not JANE.is_in(JANE.cut(text))


@pytest.mark.parametrize("text", ["", "Jane", "Roe, Jane", "Mary-Jane Roeder", "Jane Roes", "xJane Roe", "Jane X. Roe"])
def test_another_name_is_not(text: str) -> None:
    assert not JANE.is_in(text)
    assert JANE.cut(text) == text


def test_names_without_spaces_between_words_are_found_within_sentences() -> None:
    assert Person.of(["田中太郎"]).cut("担当は田中太郎様です。") == f"担当は{ERASED}様です。"
    assert Person.of(["田中"]).is_in("田中様")


@pytest.mark.parametrize("names", [["Al"], ["Jane Roe", " "], [], ["田"]])
def test_what_would_be_found_everywhere_is_refused(names: list[str]) -> None:
    with pytest.raises(UsageError, match="too short"):
        Person.of(names)


def test_json_is_cut_but_not_the_names_of_files() -> None:
    found = {"file": "Jane Roe.xlsx", "told": ["Ask Jane Roe.", 7, None, {"Jane Roe": "jane roe"}]}
    assert JANE.cut(found, frozenset({"file"})) == {
        "file": "Jane Roe.xlsx",
        "told": [f"Ask {ERASED}.", 7, None, {"Jane Roe": ERASED}],
    }


@given(some.text(), some.text())
def test_nothing_is_left_after_cutting(before: str, after: str) -> None:
    cut = JANE.cut(f"{before} Jane Roe {after}")
    assert not JANE.is_in(cut)
    assert ERASED in cut
