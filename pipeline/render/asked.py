"""What a document asks of its view: by its template, its file name, and the texts and figures that these name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2 import TemplateSyntaxError

from pipeline.definitions.output_set import FigureDefinition, OutputSet
from pipeline.model import Text
from pipeline.wording import names_in, plain_expression

_ROW = "row"
_TEXTS, _FIGURES = "texts", "figures"


def names_behind(asked: Iterable[str], outputs: OutputSet) -> frozenset[str]:
    """Return names with those that the texts (`texts.x`, all of them for `texts`) and figures among them ask for."""
    figures = {figure.id: figure for figure in outputs.figures}
    waiting, found = list(asked), set[str]()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        first, _, rest = name.partition(".")
        if first == _TEXTS:
            texts = [outputs.texts[rest]] if rest in outputs.texts else outputs.texts.values() if not rest else ()
            waiting += names_in_texts(texts)
        elif first == _FIGURES and rest in figures:
            waiting += _figure_names(figures[rest])
    return frozenset(found)


def names_in_texts(texts: Iterable[Text]) -> Iterator[str]:
    """Yield the names that texts ask for, in any of their languages."""
    return (name for text in texts for source in text.by_language.values() for name in _names(source))


def _figure_names(figure: FigureDefinition) -> Iterator[str]:
    if figure.table:
        yield figure.table
    elif figure.measure:
        yield f"measures.{figure.measure}"
    yield from names_in_texts([figure.title, *([figure.description] if figure.description else [])])
    yield from names_in_texts(figure.series.values())
    for condition in (figure.where, *figure.flags.values()):
        names = _names(plain_expression(condition), expression=True) if condition else frozenset()
        yield from (name for name in names if name.partition(".")[0] != _ROW)


def _names(source: str, *, expression: bool = False) -> frozenset[str]:
    try:
        return names_in(source, expression=expression)
    except TemplateSyntaxError:
        return frozenset()  # told when templates are tried, at the place that would print it
