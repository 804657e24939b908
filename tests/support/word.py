"""Word templates made in tests: paragraphs, tables and native charts by python-docx."""

from collections.abc import Iterable
from io import BytesIO

import docx
from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from pptx.chart.data import CategoryChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.enum.chart import XL_CHART_TYPE

_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_DRAWING = """\
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:drawing><wp:inline>
 <wp:extent cx="4000000" cy="2000000"/><wp:docPr id="7" name="Chart 1" descr=""/><wp:cNvGraphicFramePr/>
 <a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{id}"/>
 </a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"""


def document(*paragraphs: str) -> Document:
    """Return a document with these paragraphs; one beginning with `# ` is a heading."""
    result = docx.Document()
    for text in paragraphs:
        if text.startswith("# "):
            result.add_heading(text.removeprefix("# "), 1)
        else:
            result.add_paragraph(text)
    return result


def add_table(target: Document, rows: Iterable[Iterable[str]]) -> None:
    """Add a table with these texts."""
    texts = [list(row) for row in rows]
    table = target.add_table(rows=len(texts), cols=len(texts[0]))
    for row, cells in zip(table.rows, texts, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text


def add_chart(target: Document, alt: str, series: Iterable[str], title: Iterable[str] = ()) -> None:
    """Add a sample column chart with these series and this alternative text, in a paragraph of its own.

    `title` are the runs of a title inside the chart.
    """
    data = CategoryChartData()
    data.categories = ["one", "two"]
    for name in series:
        data.add_series(name, (1, 2))
    xml = ChartXmlWriter(XL_CHART_TYPE.COLUMN_CLUSTERED, data).xml.replace("-2068027336", "2068027336")
    package = target.part.package
    assert package is not None
    chart = Part(
        PackURI("/word/charts/chart1.xml"),
        "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
        _titled(xml, list(title)).replace("-2113994440", "2113994440").encode(),
        package,
    )
    run = parse_xml(_DRAWING.format(id=target.part.relate_to(chart, f"{_KINDS}chart")))
    next(node for node in run.iter() if str(node.tag).endswith("docPr")).set("descr", alt)
    target.add_paragraph()._p.append(run)


def _titled(xml: str, runs: list[str]) -> str:
    if not runs:
        return xml
    texts = "".join(f"<a:r><a:t>{run}</a:t></a:r>" for run in runs)
    title = f"<c:title><c:tx><c:rich><a:bodyPr/><a:p>{texts}</a:p></c:rich></c:tx></c:title>"
    return xml.replace("<c:chart>", f"<c:chart>{title}", 1)


def saved(target: Document) -> bytes:
    """Return the document's bytes."""
    output = BytesIO()
    target.save(output)
    return output.getvalue()
