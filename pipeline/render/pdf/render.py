"""From an HTML template and a view to a tagged PDF (PDF/UA-1, ISO 14289-1), the same bytes each time.

Step 1: the template is filled, as markup. Step 2: WeasyPrint lays it out, with the brand's colours and fonts as CSS
custom properties. Step 3: characters that no installed font can show become a finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType

from markupsafe import Markup
from weasyprint import CSS, HTML, Document
from weasyprint.urls import FatalURLFetchingError

from pipeline.definitions.brand import Brand
from pipeline.errors import RenderError
from pipeline.formats import Formatter
from pipeline.model import Figure, Finding, PlanView, Severity
from pipeline.render.characters import cleaned
from pipeline.render.figures.svg import draw_svg
from pipeline.render.pdf.brand_style import brand_css
from pipeline.render.pdf.sources import BASE, OwnFiles
from pipeline.render.pdf.template import FIGURE, LANGUAGE, HtmlTemplate
from pipeline.render.rendered import Rendered
from pipeline.sentences import sentence
from pipeline.wording import context_of

Figures = Callable[[str, Mapping[str, object]], Figure]

_VARIANT, _LOST = "pdf/ua-1", "□"


def render(template: HtmlTemplate, view: PlanView, *, figures: Figures, brand: Brand) -> Rendered:
    """Return the finished PDF of one document; `figures` gives the data of the figure with this id and arguments.

    Raises:
        RenderError: a name or figure is not in the view, or the template wants a file from outside its set; the
            message says where.
    """
    return _pdf(template, fill(template, view, figures=figures, brand=brand), brand)


def fill(template: HtmlTemplate, view: PlanView, *, figures: Figures, brand: Brand) -> str:
    """Return the filled template as HTML. Values are text in it, never markup; control characters are left out."""
    context = context_of(view.names, Formatter(view.language, view.currency))
    context[FIGURE] = _figure_function(figures, brand)
    context[LANGUAGE] = view.language
    try:
        return cleaned(template.compiled.render(context))
    except Exception as error:
        raise RenderError(f"{_place(template, error.__traceback__)}: {_sentence(error)}") from error


def _figure_function(figures: Figures, brand: Brand) -> Callable[..., Markup]:
    def figure(name: str, *, width: float = 170, height: float | None = None, **arguments: object) -> Markup:
        """Return a figure as inline SVG, `width` and `height` in mm; nothing at all when it has no data."""
        found = figures(name, arguments)
        return Markup("") if found.is_empty else Markup(draw_svg(found, brand, width, height))  # noqa: S704 - escaped

    return figure


def _place(template: HtmlTemplate, traceback: TracebackType | None) -> str:
    """Return file and line of the innermost tag that was being filled."""
    place = template.name
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file in template.files:
            place = f"{file}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def _sentence(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error} is not in this document's view."
    return f"{error}".rstrip(".") + "."


def _pdf(template: HtmlTemplate, page: str, brand: Brand) -> Rendered:
    document, content = _laid_out(template, page, brand)
    missing = sorted({codepoint for font in document.fonts.values() for codepoint in font.missing})
    if not missing:
        return Rendered(content)
    # An empty glyph breaks PDF/UA-1 (7.21.8) and tells the reader nothing: a square stands where a character is lost.
    _, content = _laid_out(template, page.translate(dict.fromkeys(missing, _LOST)), brand)
    shown = ", ".join(f"{chr(codepoint)} (U+{codepoint:04X})" for codepoint in missing[:10])
    message = sentence("glyph-missing", document=template.name, characters=shown)
    return Rendered(content, (Finding("glyph-missing", Severity.WARNING, message),))


def _laid_out(template: HtmlTemplate, page: str, brand: Brand) -> tuple[Document, bytes]:
    """Return the page set in type, with the fonts it took, and as PDF."""
    files = OwnFiles(template.name, template.files)
    # The content decides the identifier, which PDF writers otherwise draw by lot (ISO 32000-1, 14.4).
    identifier = hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    with suppress(FatalURLFetchingError):
        html = HTML(string=page, base_url=BASE + template.name, url_fetcher=files)
        document: Document = html.render(stylesheets=[CSS(string=brand_css(brand))], pdf_variant=_VARIANT)
        content = document.write_pdf(pdf_variant=_VARIANT, pdf_identifier=identifier)
        if content is not None and not files.refused:
            return document, content
    raise RenderError(" ".join(files.refused))
