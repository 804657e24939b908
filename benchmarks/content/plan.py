"""A finished .docx as plain data: paragraphs with style and runs, tables, charts, headers and footers, in order."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from pptx.opc.constants import CONTENT_TYPE
from pptx.opc.packuri import PackURI
from pptx.parts.chart import ChartPart

from benchmarks.content.charts import chart_content


def plan_content(content: bytes) -> dict[str, Any]:
    """Return the blocks of the body in order, and the texts of headers and footers of each section."""
    document = Document(io.BytesIO(content))
    return {
        "blocks": list(_blocks(document)),
        "headers": [[paragraph.text for paragraph in section.header.paragraphs] for section in document.sections],
        "footers": [[paragraph.text for paragraph in section.footer.paragraphs] for section in document.sections],
    }


def _blocks(document: Any) -> Iterator[dict[str, Any]]:
    for block in document.iter_inner_content():
        yield _table(block) if isinstance(block, Table) else _paragraph(block)


def _table(table: Table) -> dict[str, Any]:
    rows = [[[_paragraph(paragraph) for paragraph in cell.paragraphs] for cell in row.cells] for row in table.rows]
    return {"kind": "table", "style": table.style.name if table.style else None, "rows": rows}


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    style = paragraph.style.name if paragraph.style else None
    return {"kind": "paragraph", "style": style, "runs": list(_runs(paragraph)),
            "drawings": list(_drawings(paragraph))}  # fmt: skip


def _runs(paragraph: Paragraph) -> Iterator[list[str | None]]:
    """Yield text and character style of each run, also of those in links."""
    for item in paragraph.iter_inner_content():
        for run in item.runs if hasattr(item, "runs") else [item]:
            if run.text:
                style = run.style.name if run.style else None
                yield [run.text, style if style != "Default Paragraph Font" else None]


def _drawings(paragraph: Paragraph) -> Iterator[dict[str, Any]]:
    """Yield charts and pictures with their width and height in EMU."""
    inline: Any
    for inline in paragraph._p.iter(qn("wp:inline")):  # noqa: SLF001 - python-docx knows no charts
        size = [int(inline.extent.cx), int(inline.extent.cy)]
        chart = next(inline.iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"), None)
        if chart is not None:
            yield {"chart": _chart(paragraph.part.related_parts[chart.get(qn("r:id"))].blob), "size": size}
        for picture in inline.iter(qn("a:blip")):
            image = paragraph.part.related_parts[picture.get(qn("r:embed"))].blob
            yield {"picture": base64.b64encode(image).decode(), "size": size}


def _chart(xml: bytes) -> dict[str, Any]:
    """Return a chart's data; python-pptx understands the part, which is the same in Word."""
    package: Any = None
    part = ChartPart.load(PackURI("/word/charts/chart1.xml"), CONTENT_TYPE.DML_CHART, package, xml)
    return chart_content(part.chart)
