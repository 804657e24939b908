"""Small HTML templates and views, so that a test shows its whole input."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pypdf

from pipeline.formats import Formatter
from pipeline.model import Audience, Figure, PlanView
from pipeline.render.pdf.render import render
from pipeline.render.pdf.template import HtmlTemplate, compile_html
from pipeline.render.rendered import Rendered
from pipeline.wording import Value, ViewRow
from tests.support.brands import shipped_brand


def page(body: str, head: str = "") -> str:
    """Return a whole page around a body."""
    return (
        f'<!doctype html>\n<html lang="{{{{ language }}}}"><head><title>Plan</title>{head}</head>\n<body>{body}</body>'
        "</html>"
    )


def template(body: str, head: str = "", files: Mapping[str, str | bytes] | None = None) -> HtmlTemplate:
    """Return a compiled page with further files of its set; the body stands in line 3."""
    texts = {"page.html": page(body, head), **(files or {})}
    return compile_html("page.html", {name: as_bytes(content) for name, content in texts.items()}, "set")


def as_bytes(content: str | bytes) -> bytes:
    """Return text as UTF-8."""
    return content.encode() if isinstance(content, str) else content


def view(language: str = "en", **cells: object) -> PlanView:
    """Return a customer's view whose form `account` has these cells."""
    formatter = Formatter(language, "EUR")
    row = ViewRow({name: Value(value, "text", formatter) for name, value in cells.items()})
    return PlanView(Audience.CUSTOMER, language, "EUR", {"account": row})


def drawn(
    compiled: HtmlTemplate, seen: PlanView | None = None, figures: Mapping[str, Figure] | None = None
) -> Rendered:
    """Return the PDF of a page; `figures` by id."""
    known = dict(figures or {})
    return render(compiled, seen or view(), figures=lambda name, _: known[name], brand=shipped_brand())


def text_of(pdf: bytes) -> str:
    """Return the text of all pages, spaces and line breaks as one space."""
    return " ".join(" ".join(sheet.extract_text().split()) for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages)
