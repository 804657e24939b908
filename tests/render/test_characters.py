"""What no document may hold is taken out; lines, tabs and all other characters stay."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.render.characters import cleaned


def test_control_characters_go_and_line_breaks_become_line_feeds() -> None:
    assert cleaned("a\x00\x07\x0c\x1b\x7f\x9fb\ufffe\uffff\ud800") == "ab"
    assert cleaned("1\r\n2\r3\v4\x855\n6\t7") == "1\n2\n3\n4\n5\n6\t7"


@given(st.text())
def test_what_is_left_is_what_a_markup_part_may_hold(text: str) -> None:
    kept = cleaned(text)
    node = etree.Element("t")
    node.text = kept  # raises ValueError for what XML does not allow
    assert etree.fromstring(etree.tostring(node, encoding="utf-8")).text == (kept or None)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")))
def test_text_without_any_stays_as_it_is(text: str) -> None:
    assert cleaned(text) == text
