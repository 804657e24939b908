"""All kinds of documents behind one door: compile a template once, render it for many views.

The ending of a document's template decides who renders it. What a template asks of its view (`names`) decides which
findings block the document and what its key is made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Protocol

from pipeline.definitions.brand import Brand
from pipeline.definitions.load import Definitions
from pipeline.definitions.output_set import DocumentDefinition, FigureDefinition
from pipeline.formats import Formatter
from pipeline.model import Figure, Finding, PlanView, Status, Text
from pipeline.render.figures.data import figure_of
from pipeline.wording import Value, ViewList, ViewRow, context_of, environment, raw

_PRINTED_ONLY = frozenset({"edition", "as_of", "document"})
"""Names that a document prints but that do not make it another document (architecture.md, "As-of, editions")."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished document and what its making found, such as a text that does not fit its box."""

    content: bytes
    findings: tuple[Finding, ...] = ()


class FigureSource(Protocol):
    """Gives a figure by id, with the arguments of its binding."""

    def __call__(self, figure: str, arguments: Mapping[str, object] | None = None) -> Figure:
        """Return the figure; raise KeyError for an unknown one."""


class Template(Protocol):
    """A compiled template of any format."""

    @property
    def names(self) -> frozenset[str]:
        """Return what it asks of the view, such as `measures.x`, and `figures.x` for each figure."""

    def render(self, view: PlanView, figures: FigureSource, brand: Brand, files: Mapping[str, bytes]) -> Rendered:
        """Return the document."""


@dataclass(frozen=True, slots=True)
class CompiledDocument:
    """A document's definition with its compiled template and the names that it and its figures ask for."""

    definition: DocumentDefinition
    template: Template
    names: frozenset[str]
    digest: str


def document_language(definition: DocumentDefinition, language: str) -> str:
    """Return `language` if the document is complete in it, else its first one."""
    return language if language in definition.languages else definition.languages[0]


def completed_view(
    view: PlanView, definitions: Definitions, definition: DocumentDefinition, status: Status
) -> PlanView:
    """Return the view with the names every template may use: `document`, `brand` and `texts`."""
    language = view.language
    brand = definitions.brand
    names = dict(view.names)
    names["document"] = ViewRow({
        "id": definition.id,
        "title": definition.title.to(language),
        "audience": definition.audience.value,
        "language": language,
        "status": status.value,
        "is_draft": status is Status.DRAFT,
    })  # fmt: skip
    confidentiality = brand.confidentiality.get(definition.audience.value)
    names["brand"] = ViewRow({
        "name": brand.name,
        "footer": brand.footer.to(language),
        "confidentiality": confidentiality.to(language) if confidentiality else "",
    })  # fmt: skip
    names["texts"] = Texts(definitions.outputs.texts, names, Formatter(language, view.currency))
    return PlanView(view.audience, language, view.currency, names)


class Texts(ViewRow):
    """The texts of an output set in one language; tags in them are filled from the same view."""

    __slots__ = ("_formatter", "_texts", "_view_names")

    def __init__(self, texts: Mapping[str, Text], names: Mapping[str, object], formatter: Formatter) -> None:
        super().__init__(texts)
        self._texts, self._view_names, self._formatter = texts, names, formatter

    def __getitem__(self, name: str) -> str:
        source = self._texts[name].to(self._formatter.language)
        return str(_text_template(source).render(context_of(self._view_names, self._formatter)))


@lru_cache(maxsize=512)
def _text_template(source: str) -> Any:
    return environment(markup=False).from_string(source)


def document_file(definition: DocumentDefinition, view: PlanView) -> str:
    """Return the document's file name as its definition says, not yet made safe for a file system."""
    source = definition.file.to(view.language)
    return str(_text_template(source).render(context_of(view.names, Formatter(view.language, view.currency))))


@dataclass(frozen=True)
class SetFigures:
    """The figures of an output set, drawn from one view."""

    definitions: Mapping[str, FigureDefinition]
    view: PlanView

    def __call__(self, figure: str, arguments: Mapping[str, object] | None = None) -> Figure:
        """Return a figure's data; raise KeyError for an unknown figure or one the audience may not see."""
        return figure_of(self.definitions[figure], self.view, arguments)


def render_document(document: CompiledDocument, view: PlanView, definitions: Definitions) -> Rendered:
    """Return the finished document for a completed view."""
    known = {figure.id: figure for figure in definitions.outputs.figures}
    return document.template.render(view, SetFigures(known, view), definitions.brand, definitions.files)


def document_key(document: CompiledDocument, view: PlanView, definitions: Definitions) -> str:
    """Return the hash of all that decides the document's bytes, but for edition number and as-of date."""
    asked = sorted({name.partition(".")[0] for name in document.names} - _PRINTED_ONLY)
    digest = hashlib.sha256(f"{version('planpress')} {document.digest} {definitions.hash} {view.language}".encode())
    for name in asked:
        digest.update(f"\n{name}=".encode())
        for piece in _canonical(view.names.get(name)):
            digest.update(piece.encode())
    return digest.hexdigest()


def _canonical(value: object) -> Iterator[str]:
    if isinstance(value, Value):
        yield f"{value.kind}:{raw(value)!r}:{value.reason}:{value};"
    elif isinstance(value, Texts):
        yield "texts;"
    elif isinstance(value, ViewRow):
        for name in value:
            yield f"{name}="
            yield from _canonical(value[name])
    elif isinstance(value, ViewList | tuple | list):
        yield from _sequence(value)
    elif value is None or isinstance(value, str | int | Decimal | date | datetime):
        yield f"{value!r};"
    else:
        raise TypeError(f"a view may not hold {type(value).__name__}")


def _sequence(values: Iterable[object]) -> Iterator[str]:
    yield "["
    for value in values:
        yield from _canonical(value)
    yield "]"
