"""All kinds of documents behind one door: compile a template once, render it for many views.

The ending of a document's template decides who renders it. What a template asks of its view (`names`) decides which
findings block the document and what its key is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from jinja2 import TemplateError
from lxml import etree

from pipeline.definitions.load import Definitions
from pipeline.definitions.output_set import DocumentDefinition, FigureDefinition
from pipeline.definitions.rule_set import RuleSet
from pipeline.errors import DefinitionError, DefinitionFault, RenderError
from pipeline.formats import EN_DASH, Formatter
from pipeline.model import Audience, Figure, PlanView, Status, Text
from pipeline.render.asked import names_behind, names_in_texts
from pipeline.render.docx.render import render_word
from pipeline.render.docx.template import WordTemplate, compile_word
from pipeline.render.figures.data import figure_of
from pipeline.render.pdf.render import render as render_pdf
from pipeline.render.pdf.template import HtmlTemplate, compile_html
from pipeline.render.pptx import DeckTemplate, compile_deck
from pipeline.render.pptx import render as render_deck
from pipeline.render.rendered import Rendered
from pipeline.render.xlsx.render import render_report
from pipeline.render.xlsx.report import ReportTemplate, compile_report
from pipeline.wording import ViewRow, context_of, environment

FigureSource = Callable[[str, Mapping[str, object]], Figure]
Template: TypeAlias = DeckTemplate | WordTemplate | HtmlTemplate | ReportTemplate


@dataclass(frozen=True, slots=True)
class CompiledDocument:
    """A document's definition with its compiled template; `names` is what it asks of its view, such as `actions` or
    `measures.revenue`, with `figures.x` and `texts.x` for each figure and text, and what these ask.
    """

    definition: DocumentDefinition
    template: Template
    names: frozenset[str]


def compile_document(definition: DocumentDefinition, definitions: Definitions) -> CompiledDocument:
    """Return a document ready to be rendered; raise DefinitionError with every mistake of its template."""
    content = definitions.files.get(definition.template)
    if content is None:
        raise DefinitionError([definition.place.fault(f"There is no template `{definition.template}`.", "template")])
    try:
        template = _compiled(definition, content, definitions.files)
    except etree.XMLSyntaxError as error:
        message = "a part of this file is damaged. Open it where it was made and save it again."
        raise DefinitionError([DefinitionFault(definition.template, 0, message)]) from error
    asked = {*_names(template), *names_in_texts([definition.file])}
    return CompiledDocument(definition, template, names_behind(asked, definitions.outputs))


def _compiled(definition: DocumentDefinition, content: bytes, files: Mapping[str, bytes]) -> Template:
    match definition.format:
        case "pptx" | "potx" | "pptm" | "potm":
            return compile_deck(definition.template, content)
        case "docx" | "dotx" | "docm" | "dotm":
            return compile_word(definition.template, content)
        case "html":
            return compile_html(definition.template, files)
        case "yaml":
            return compile_report(definition.template, content)
        case other:
            raise DefinitionError([definition.place.fault(f"`.{other}` is no kind of template.", "template")])


def _names(template: Template) -> frozenset[str]:
    if isinstance(template, DeckTemplate):
        return template.names | {f"figures.{name}" for name in template.figures}
    if isinstance(template, HtmlTemplate):
        return template.uses | {f"figures.{name}" for name in template.figures}
    return template.names


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
        "logo": f"brand/{brand.logo}" if brand.logo else "",
        "logo_dark": f"brand/{brand.logo_dark}" if brand.logo_dark else "",
    })  # fmt: skip
    names["texts"] = Texts(definitions.outputs.texts, names, Formatter(language, view.currency))
    return PlanView(view.audience, language, view.currency, names)


def parameter_rows(rules: RuleSet, values: Mapping[str, object], language: str) -> tuple[ViewRow, ...]:
    """Return the parameters of the rules with their values, as rows of `label` and `value`."""
    formatter = Formatter(language)
    return tuple(
        ViewRow({
            "id": parameter.id,
            "label": parameter.label.to(language),
            "value": _parameter_text(values.get(parameter.id, parameter.value), parameter.words, formatter),
        })
        for parameter in rules.parameters
    )  # fmt: skip


def _parameter_text(value: object, words: Mapping[str, Text], formatter: Formatter) -> str:
    if isinstance(value, Mapping):
        return ", ".join(
            f"{_parameter_text(key, words, formatter)}: {_parameter_text(item, words, formatter)}"
            for key, item in value.items()
        )
    if isinstance(value, str) and value in words:
        return words[value].to(formatter.language)
    if isinstance(value, Decimal):
        return formatter.number(value, max(-int(value.as_tuple().exponent), 0))
    return formatter.print(value, "text") if value is not None else EN_DASH


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
    """Return the document's file name as its definition says, not yet made safe for a file system.

    Raises RenderError, which names file and line, when the definition asks for what the view does not have.
    """
    source = definition.file.to(view.language)
    try:
        return str(_text_template(source).render(context_of(view.names, Formatter(view.language, view.currency))))
    except (TemplateError, TypeError, ValueError) as error:
        place = definition.place.fault("", "file")
        raise RenderError(f"{place.file}:{place.line}: document {definition.id}: {error}.") from error


@dataclass(frozen=True)
class SetFigures:
    """The figures of an output set, drawn from one view."""

    definitions: Mapping[str, FigureDefinition]
    view: PlanView

    def __call__(self, figure: str, arguments: Mapping[str, object]) -> Figure:
        """Return a figure's data; raise KeyError for an unknown figure or one the audience may not see."""
        definition = self.definitions[figure]
        if self.view.audience is Audience.CUSTOMER and definition.customer != "yes":
            raise KeyError(figure)
        return figure_of(definition, self.view, arguments)


def render_document(document: CompiledDocument, view: PlanView, definitions: Definitions) -> Rendered:
    """Return the finished document for a completed view."""
    figures = SetFigures({figure.id: figure for figure in definitions.outputs.figures}, view)
    brand, files, template = definitions.brand, definitions.files, document.template
    if isinstance(template, DeckTemplate):
        return render_deck(template, view, figures, brand, files)
    if isinstance(template, WordTemplate):
        return render_word(template, view, figures, brand, files)
    if isinstance(template, HtmlTemplate):
        return render_pdf(template, view, figures=figures, brand=brand)
    return render_report(template, view, figures, brand)
