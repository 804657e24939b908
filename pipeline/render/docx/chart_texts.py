"""Titles inside charts: they may name `figure.title`, `figure.unit` and all that the document itself may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.model import Figure
from pipeline.render.office.names import Element, name
from pipeline.wording import PlainText, UnusableText, ViewRow, plain_tags, plain_text

_FIGURE = "figure"


class TitleFault(Exception):
    """A title whose tags cannot be read or filled: the title and a sentence."""

    def __init__(self, title: str, error: UnusableText) -> None:
        super().__init__(f"title “{title}”: {error}")


def names_in_titles(chart_space: Element) -> frozenset[str]:
    """Return what the titles of a chart and its axes ask of the document; raise TitleFault for an unreadable one."""
    asked: set[str] = set()
    for _, text in _tagged(chart_space):
        asked |= {one for one in _compiled(text).names if one.split(".")[0] != _FIGURE}
    return frozenset(asked)


def fill_titles(chart_space: Element, context: Mapping[str, object], figure: Figure) -> None:
    """Fill the titles of a chart and its axes; each keeps the look of its first letter.

    Raises:
        TitleFault: a title names what is not there.
    """
    names = {**context, _FIGURE: ViewRow({"title": figure.title, "unit": figure.unit_label})}
    for paragraph, text in _tagged(chart_space):
        try:
            filled = _compiled(text).fill(names)
        except UnusableText as error:
            raise TitleFault(text, error) from error
        first, *others = paragraph.iter(name("a:t"))
        first.text = filled
        for other in others:
            other.text = ""


def _tagged(chart_space: Element) -> Iterator[tuple[Element, str]]:
    for title in chart_space.iter(name("c:title")):
        for paragraph in title.iter(name("a:p")):
            text = "".join(node.text or "" for node in paragraph.iter(name("a:t")))
            if "{{" in text or "{%" in text:
                yield paragraph, text


def _compiled(text: str) -> PlainText:
    try:
        return plain_text(plain_tags(text))
    except UnusableText as error:
        raise TitleFault(text, error) from error
