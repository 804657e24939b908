"""Each check finds the fault planted for it, and nothing in what the bare libraries write."""

import io
import re
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pytest
import xlsxwriter
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from tests.support.office_checks import office_faults

SLIDE = "ppt/slides/slide1.xml"
SLIDE_RELATIONSHIPS = "ppt/slides/_rels/slide1.xml.rels"
CHART = "ppt/charts/chart1.xml"
TEXT = "word/document.xml"


def deck(kind: XL_CHART_TYPE = XL_CHART_TYPE.COLUMN_STACKED) -> bytes:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.notes_slide.notes_text_frame.text = "Source: Financials!B2"
    slide.shapes.add_table(2, 3, 0, 0, Inches(3), Inches(1))
    data = CategoryChartData()
    data.categories = ["January", "February"]
    data.add_series("Actual", (1, 2))
    chart = slide.shapes.add_chart(kind, 0, 0, Inches(4), Inches(3), data).chart
    chart.plots[0].has_data_labels = True
    file = io.BytesIO()
    presentation.save(file)
    return edited(file.getvalue(), CHART, rb'val="-?(\d+)"', rb'val="\1"')


def plan() -> bytes:
    document = docx.Document()
    document.add_table(2, 3)
    document.add_table(1, 2).cell(0, 0).merge(document.tables[1].cell(0, 1))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def report() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        chart = workbook.add_chart({"type": "column"})
        chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
        sheet.insert_chart("C1", chart)
        sheet.add_table("A1:B3")
        sheet.write_comment("A1", "A comment")
    return file.getvalue()


def list_of_rows() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def changed(document: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def edited(document: bytes, part: str, pattern: bytes, replacement: bytes, *, count: int = 0) -> bytes:
    """Return the document with `pattern` replaced in `part`; a pattern that is not there is a mistake of the test."""

    def change(parts: dict[str, bytes]) -> None:
        parts[part], number = re.subn(pattern, replacement, parts[part], count=count, flags=re.DOTALL)
        assert number > 0, f"{pattern!r} is not in {part}"

    return changed(document, change)


@pytest.mark.parametrize("make", [deck, plan, report, list_of_rows])
def test_what_the_libraries_write_has_no_fault(make: Callable[[], bytes]) -> None:
    assert office_faults(make()) == []


def with_label_position(document: bytes, position: bytes) -> bytes:
    return edited(
        document, CHART, rb"<c:showLegendKey", b'<c:dLblPos val="' + position + b'"/><c:showLegendKey', count=1
    )


def test_a_label_above_a_stack_is_found() -> None:
    assert office_faults(with_label_position(deck(), b"outEnd")) == [
        f"{CHART}: barChart does not allow the label position outEnd"
    ]


@pytest.mark.parametrize(
    ("kind", "position"),
    [
        (XL_CHART_TYPE.COLUMN_STACKED, b"inEnd"),
        (XL_CHART_TYPE.COLUMN_CLUSTERED, b"outEnd"),
        (XL_CHART_TYPE.LINE, b"t"),
        (XL_CHART_TYPE.PIE, b"bestFit"),
    ],
)
def test_a_legal_label_position_is_no_fault(kind: XL_CHART_TYPE, position: bytes) -> None:
    assert office_faults(with_label_position(deck(kind), position)) == []


@pytest.mark.parametrize(
    ("kind", "position"),
    [(XL_CHART_TYPE.LINE, b"outEnd"), (XL_CHART_TYPE.DOUGHNUT, b"ctr"), (XL_CHART_TYPE.AREA, b"t")],
)
def test_an_illegal_label_position_is_found(kind: XL_CHART_TYPE, position: bytes) -> None:
    assert len(office_faults(with_label_position(deck(kind), position))) == 1


def test_a_shape_id_given_twice_is_found() -> None:
    document = edited(deck(), SLIDE, rb'<p:cNvPr id="3"', b'<p:cNvPr id="2"')
    assert office_faults(document) == [f"{SLIDE}: shape id 2 is given 2 times"]


def test_a_slide_cell_without_a_paragraph_is_found() -> None:
    document = edited(deck(), SLIDE, rb"(<a:tc>.*?)<a:p/>", rb"\1", count=1)
    assert office_faults(document) == [f"{SLIDE}: table cell 1 has no paragraph"]


def test_a_slide_row_with_a_cell_less_is_found() -> None:
    document = edited(deck(), SLIDE, rb"<a:tc>.*?</a:tc>", b"", count=1)
    assert office_faults(document) == [f"{SLIDE}: row 1 of a table has 2 cells, its grid 3 columns"]


def test_a_word_cell_without_a_paragraph_is_found() -> None:
    document = edited(plan(), TEXT, rb"(<w:tc>.*?)<w:p/>", rb"\1", count=1)
    assert office_faults(document) == [f"{TEXT}: table cell 1 does not end with a paragraph"]


def test_a_word_grid_with_a_column_more_is_found() -> None:
    document = edited(plan(), TEXT, rb"</w:tblGrid>", b'<w:gridCol w:w="100"/></w:tblGrid>', count=1)
    assert office_faults(document) == [
        f"{TEXT}: row 1 of a table has 3 cells, its grid 4 columns",
        f"{TEXT}: row 2 of a table has 3 cells, its grid 4 columns",
    ]


def test_a_negative_axis_id_is_found() -> None:
    faults = office_faults(edited(deck(), CHART, rb'(<c:(?:axId|crossAx) val=")', rb"\1-"))
    assert len(faults) == 2
    assert all("is negative" in fault for fault in faults)


def test_an_axis_that_is_not_there_is_found() -> None:
    document = edited(deck(), CHART, rb'(<c:barChart>.*?<c:axId val=")\d+', rb"\g<1>7", count=1)
    assert office_faults(document) == [f"{CHART}: names the axis 7, which is not there"]


def test_a_relationship_to_a_part_that_is_not_there_is_found() -> None:
    document = changed(deck(), lambda parts: parts.__delitem__(CHART))
    faults = office_faults(document)
    assert any(f"leads to {CHART}, which is not in the file" in fault for fault in faults)
    assert f"{CHART}: has a content type but is not in the file" in faults


def test_a_reference_without_a_relationship_is_found() -> None:
    document = edited(deck(), SLIDE, rb'(<c:chart [^>]*r:id=")rId\d+', rb"\1rId99")
    faults = office_faults(document)
    assert f"{SLIDE}: names rId99, which is none of its relationships" in faults
    assert any(fault.endswith(f"so {CHART} is carried along unseen") for fault in faults)


def test_a_part_that_nothing_leads_to_is_found() -> None:
    document = edited(deck(), SLIDE_RELATIONSHIPS, rb"<Relationship [^>]*chart1\.xml[^>]*/>", b"")
    assert f"{CHART}: no relationship leads to it" in office_faults(document)


def test_a_part_without_a_content_type_is_found() -> None:
    document = changed(deck(), lambda parts: parts.update({"ppt/notes.strange": b"x"}))
    assert "ppt/notes.strange: has no content type" in office_faults(document)


def test_a_part_name_that_stands_twice_is_found() -> None:
    file = io.BytesIO(deck())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SLIDE.upper(), archive.read(SLIDE))
    assert f"{SLIDE}: stands 2 times in the zip" in office_faults(file.getvalue())


def test_a_drawing_id_given_twice_is_found() -> None:
    drawing = b'<w:r><w:drawing><wp:inline><wp:docPr id="5" name="x"/></wp:inline></w:drawing></w:r>'
    document = edited(plan(), TEXT, rb"<w:p/>", b"<w:p>" + drawing + drawing + b"</w:p>", count=1)
    assert office_faults(document) == [f"{TEXT}: drawing id 5 is given 2 times"]
