"""The plan with bare python-docx: the template's styles, every paragraph, table and picture written by hand.

python-docx knows no charts, so their part and its workbook are made with python-pptx, as one would by hand.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from pptx.chart.data import CategoryChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.enum.chart import XL_CHART_TYPE

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_INLINE = """<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:r="{relations}">
 <wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="Chart {number}"/><wp:cNvGraphicFramePr/>
 <a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{key}"/>
 </a:graphicData></a:graphic></wp:inline>"""


def make_plan(template: bytes, content: Mapping[str, Any]) -> bytes:
    """Return the document; `content` is that of `benchmarks.content.plan`."""
    document = Document(io.BytesIO(template))
    body = document.element.body
    for old in list(body)[:-1]:
        body.remove(old)
    styles = {style.name: style for style in document.styles}
    for block in content["blocks"]:
        if block["kind"] == "table":
            _add_table(document, block, styles)
        else:
            _fill(document.add_paragraph(style=styles[block["style"]]), block, document, styles)
    _write_edges(document, content)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _add_table(document: Any, content: Mapping[str, Any], styles: Mapping[str, Any]) -> None:
    rows = content["rows"]
    table = document.add_table(len(rows), len(rows[0]), styles[content["style"]])
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, paragraphs in zip(row.cells, cells, strict=True):
            for position, paragraph in enumerate(paragraphs):
                target = cell.paragraphs[0] if position == 0 else cell.add_paragraph()
                target.style = styles[paragraph["style"]]
                _fill(target, paragraph, document, styles)


def _fill(paragraph: Any, content: Mapping[str, Any], document: Any, styles: Mapping[str, Any]) -> None:
    for text, style in content["runs"]:
        paragraph.add_run(text, styles[style] if style else None)
    for drawing in content["drawings"]:
        if "picture" in drawing:
            picture = io.BytesIO(base64.b64decode(drawing["picture"]))
            paragraph.add_run().add_picture(picture, *drawing["size"])
        else:
            _add_chart(paragraph.add_run(), drawing["chart"], drawing["size"], document)


def _add_chart(run: Any, content: Mapping[str, Any], size: Sequence[int], document: Any) -> None:
    data = CategoryChartData()
    data.categories = content["categories"]
    for series in content["series"]:
        data.add_series(series["name"], series["values"])
    number = len(document.part.rels)
    package = document.part.package
    external = f'<c:externalData xmlns:r="{_RELATIONS}" r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'
    xml = ChartXmlWriter(XL_CHART_TYPE[content["kind"]], data).xml
    xml = xml.replace("</c:chartSpace>", f"{external}</c:chartSpace>")
    chart = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, xml.encode(), package)
    workbook = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _WORKBOOK_TYPE, _workbook(data), package)
    chart.relate_to(workbook, f"{_RELATIONS}/package")
    key = document.part.relate_to(chart, f"{_RELATIONS}/chart")
    inline = _INLINE.format(relations=_RELATIONS, width=size[0], height=size[1], number=number, key=key)
    run._r.add_drawing(parse_xml(inline))  # noqa: SLF001 - python-docx knows pictures only


def _workbook(data: CategoryChartData) -> bytes:
    writer: Any = data._workbook_writer  # noqa: SLF001 - python-pptx makes it for its own charts only
    blob: bytes = writer.xlsx_blob
    return blob


def _write_edges(document: Any, content: Mapping[str, Any]) -> None:
    for section, headers, footers in zip(document.sections, content["headers"], content["footers"], strict=True):
        for place, texts in ((section.header, headers), (section.footer, footers)):
            for paragraph, text in zip(place.paragraphs, texts, strict=True):
                paragraph.text = text
