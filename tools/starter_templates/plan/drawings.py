"""Native charts and the logo, inline in a Word document."""

from __future__ import annotations

import io

from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from tools.starter_templates.deck.charts import Chart

_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST_CHART = 100
"""Drawing ids below are those of python-docx's own pictures."""
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def add_chart(document: Document, chart: Chart, name: str, binding: str, size: tuple[float, float]) -> None:
    """Add a sample chart in a paragraph of its own; `binding` is its alternative text, `size` is in mm."""
    package = document.part.package
    number = sum(1 for part in package.iter_parts() if part.content_type == _CHART_TYPE) + 1
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _BOOK_TYPE, chart.workbook(), package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, b"", package)
    part._blob = chart.xml(part.relate_to(book, f"{_KINDS}package")).encode()
    link = document.part.relate_to(part, f"{_KINDS}chart")
    width, height = (Mm(side) for side in size)
    run = parse_xml(
        f'<w:r {nsdecls("w", "wp", "a", "r")}><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{_FIRST_CHART + number}" name="{name}"/>'
        "<wp:cNvGraphicFramePr/>"
        f'<a:graphic><a:graphicData uri="{_CHART}"><c:chart xmlns:c="{_CHART}" r:id="{link}"/></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )
    next(node for node in run.iter() if str(node.tag).endswith("}docPr")).set("descr", binding)
    document.add_paragraph()._p.append(run)


def add_logo(document: Document, picture: bytes, height: float) -> None:
    """Add the brand's logo in a paragraph of its own, bound so that each brand puts its own there."""
    document.add_picture(io.BytesIO(picture), height=Mm(height))
    properties = next(node for node in document.element.body.iter() if str(node.tag).endswith("}docPr"))
    for side in ("distT", "distB", "distL", "distR"):
        properties.getparent().set(side, "0")
    properties.set("name", "Logo")
    properties.set("descr", "picture: brand.logo\nalt: {{ brand.name }}")
