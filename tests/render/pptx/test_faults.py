"""Mistakes of designers are told by slide, shape and tag, all of them at once, before they reach anybody."""

from typing import Any

import pytest
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Cm

from pipeline.errors import DefinitionError
from pipeline.render.pptx import compile_deck
from pipeline.wording import ViewRow
from tests.render.pptx.decks import Deck, columns_figure, rows, value


def faults(deck: Deck, **names: object) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        deck.rendered({"revenue": columns_figure(AC=[1])}, **names)
    return [str(fault) for fault in caught.value.faults]


def text_deck(text: str = "x", alt: str = "") -> Deck:
    deck = Deck().add_slide()
    deck.text(text, alt, "KPI")
    return deck


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ account.nmae }}", "{{ account.nmae }}: there is no `nmae` in `account`."),
        ("a {{ b }} {{ b | nofilter }}", "{{ b | nofilter }}: No filter named 'nofilter'."),
        ("fine {{ 1 }}, not {{ nobody }}", "{{ nobody }}: there is no `nobody` here."),
    ],
)  # fmt: skip
def test_a_tag_that_cannot_work_is_named_with_its_place(text: str, expected: str) -> None:
    account = ViewRow({"name": value("x")})

    assert faults(text_deck(text), account=account, b="y") == [f"deck.pptx: slide 1, shape 'KPI', tag {expected}"]


@pytest.mark.parametrize(
    ("alt", "expected"),
    [
        ("chrat: revenue", "`chrat:` is no key; did you mean `chart:`?"),
        ("fro: x in y", "`fro:` is no key; did you mean `for:`?"),
        ("for: x in y", "`for:` cannot stand on a text; it belongs on a table or group."),
        ("if: true\nif: false", "`if:` stands here twice; keep one of the two lines."),
        ("fit: big", "tag fit: big: expected sizes in points such as `12-18`."),
        ("chart: revenue of p", "`chart: revenue of p`: expected a figure such as `revenue` or "),
        ("if: a ==", "tag a ==: "),
        ("limit: 3", "tag limit: 3: this needs a `for:` line beside it."),
        ("if:", "`if:` has no value."),
    ],
)  # fmt: skip
def test_a_wrong_binding_says_what_to_do(alt: str, expected: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        compile_deck("deck.pptx", text_deck("x", alt).content())

    assert any(expected in str(fault) for fault in caught.value.faults)
    assert all(str(fault).startswith("deck.pptx: slide 1, shape 'KPI'") for fault in caught.value.faults)


def test_ordinary_alt_text_stays_and_is_no_mistake() -> None:
    deck = text_deck("x", "A box that says: nothing.\nNote: drawn by hand")

    document = deck.rendered()
    from tests.render.pptx.decks import opened

    assert (
        opened(document).slides[0].shapes[0]._element[0][0].get("descr")
        == "A box that says: nothing.\nNote: drawn by hand"
    )


def test_binding_lines_never_reach_the_output() -> None:
    deck = text_deck("x", "Words that stay\nif: true\nrepeat: yes")

    assert b"repeat:" not in b"".join(_parts(deck.rendered().content))
    assert b"Words that stay" in b"".join(_parts(deck.rendered().content))


def test_all_mistakes_are_told_together() -> None:
    deck = text_deck("{{ a.b }}")
    deck.text("{{ c }}", name="Second")
    deck.table([["{{ d }}"]], name="Third")

    found = faults(deck, a=ViewRow({}))

    assert [line.split("'")[1] for line in found] == ["KPI", "Second", "Third"]


def test_a_syntax_mistake_names_the_tag_in_a_table() -> None:
    deck = Deck().add_slide()
    deck.table([["fine", "{{ 1 }}"], ["{{ s.a }}", "{{ s.b + }}"]], "for: s in steps", "Steps")

    with pytest.raises(DefinitionError, match=r"slide 1, shape 'Steps', tag \{\{ s.b \+ \}\}: "):
        compile_deck("deck.pptx", deck.content())


def test_an_unknown_figure_and_a_field_of_rows_that_is_not_there_are_named() -> None:
    deck = Deck().add_slide()
    deck.slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(1), Cm(1), Cm(5), Cm(5))
    deck.chart({"AC": [1.0]}, "chart: sales", "Sales")
    deck.table([["{{ s.what }}"]], "for: s in steps\norder: nothing", "Steps")

    found = faults(deck, steps=rows({"what": "a"}, {"what": "b"}))

    assert found == [
        "deck.pptx: slide 1, shape 'Sales': figure `sales` cannot be drawn: there is no `sales` for this document.",
        "deck.pptx: slide 1, shape 'Steps', tag order: nothing: there is no `nothing` here.",
    ]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_presentation_is_said_in_one_sentence(content: bytes) -> None:
    with pytest.raises(DefinitionError, match=r"deck\.pptx: This is no PowerPoint file; save it as \.pptx"):
        compile_deck("deck.pptx", content)


def test_what_a_deck_asks_of_its_view_is_known_when_it_is_read() -> None:
    deck = text_deck("{{ measures.revenue }} {{ account.name | upper }} {{ page }}")
    deck.table([["{{ s.what }} {{ measures.margin.value }}"]], "for: s in steps\nwhere: s.done and as_of")
    deck.chart({"AC": [1.0]}, "chart: revenue(of=account.id)")

    template = compile_deck("deck.pptx", deck.content())

    assert template.names == {"measures.revenue", "account.name", "steps", "measures.margin", "as_of", "account.id"}
    assert template.figures == {"revenue"}
    assert [key for _, key in template.bindings()] == [
        "for: s in steps; where: s.done and as_of", "chart: revenue(of=account.id)",
    ]  # fmt: skip


def _parts(content: bytes) -> Any:
    from pipeline.render.archive import read_archive

    return read_archive(content).values()
