"""A customer's finished file is searched for what is internal, wherever a reader or a program could find it."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import docx
import pptx
import pypdf
import pytest
import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

from pipeline.formats import Formatter
from pipeline.render.scan import forbidden_in, leaks_in
from pipeline.wording import Value
from tests.render.pdf.small import drawn, template, view

CANARY = "Canary of the board"
PICTURE = f"""<img src="data:image/svg+xml;utf8,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/%3E"
    alt="{CANARY}">"""
FORMATTER = Formatter("en", "EUR")


def pdf(body: str, head: str = "") -> bytes:
    return drawn(template(body, head)).content


def attached(content: bytes) -> bytes:
    """Return a PDF with a file attached to it."""
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf("<p>Nothing</p>"))))
    writer.add_attachment("numbers", content)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()


def deck(*, notes: str = "", category: str = "") -> bytes:
    """Return a deck with a slide that has notes and a chart, whose workbook lies inside."""
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    slide.notes_slide.notes_text_frame.text = notes
    data = CategoryChartData()
    data.categories = ["2026"]
    data.add_series(category or "Series", (1,))
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, Cm(1), Cm(1), Cm(9), Cm(9), data)
    return saved(presentation.save)


def words(*, comments: str = "", runs: tuple[str, ...] = ()) -> bytes:
    """Return a Word document with a property and a paragraph of several runs."""
    document = docx.Document()
    document.core_properties.comments = comments
    paragraph = document.add_paragraph()
    for run in runs:
        paragraph.add_run(run).bold = True
    return saved(document.save)


def book(cell: object) -> bytes:
    """Return a workbook whose second sheet is hidden."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        workbook.add_worksheet("Shown")
        sheet = workbook.add_worksheet("Hidden")
        sheet.write(0, 0, cell)
        sheet.hide()
    return stream.getvalue()


def found(content: bytes, *values: object, allowed: tuple[str, ...] = ()) -> list[str]:
    given = [(f"cell {number}", value) for number, value in enumerate(values, start=1)]
    return [str(leak) for leak in forbidden_in(content, given, allowed, FORMATTER)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pdf(f"<p>{CANARY}</p>"), id="text"),
        pytest.param(pdf("<p style='width: 2cm'>Canary of the board</p>"), id="wrapped text"),
        pytest.param(pdf(f"<p style='text-transform: uppercase'>{CANARY}</p>"), id="capitals"),
        pytest.param(pdf(f"<p style='color: white; font-size: 1pt'>{CANARY}</p>"), id="text nobody sees"),
        pytest.param(pdf("", f"<meta name='keywords' content='{CANARY}'>"), id="property"),
        pytest.param(pdf("<h1 style='bookmark-label: \"Canary of the board\"'>Title</h1>"), id="bookmark"),
        pytest.param(pdf(f"<a href='https://example.com/{CANARY}'>link</a>"), id="address of a link"),
        pytest.param(pdf(PICTURE), id="alternative text"),
        pytest.param(attached(CANARY.encode()), id="attached text"),
        pytest.param(attached(book(CANARY)), id="attached workbook"),
        pytest.param(deck(notes=CANARY), id="notes"),
        pytest.param(deck(category=CANARY), id="workbook of a chart"),
        pytest.param(words(comments=CANARY), id="property of a Word file"),
        pytest.param(words(runs=("Can", "ary of the", " board")), id="runs"),
        pytest.param(book(CANARY), id="hidden sheet"),
    ],
)  # fmt: skip
def test_an_internal_text_is_found(content: bytes) -> None:
    assert found(content, CANARY) == [f"cell 1: {CANARY}"]
    assert found(content, "Something else") == []


@pytest.mark.parametrize("content", [pdf("<p>Nothing</p>"), deck(), words(), book("Nothing")])
def test_a_file_without_it_is_clean(content: bytes) -> None:
    assert found(content, CANARY) == []


def test_a_text_that_the_customer_may_see_is_no_leak() -> None:
    content = pdf("<p>Delivery on time</p><p>after the load test</p><p>Agreed by Ana Silva</p>")
    allowed = ("Delivery on time", "after the load test", "Agreed by", "Ana Silva")
    assert found(content, "Delivery", "Ana Silva", "Load test agreed", allowed=allowed) == []
    assert found(content, "Delivery", "Ana Silva", allowed=allowed[1:3]) == ["cell 1: Delivery", "cell 2: Ana Silva"]


def test_a_text_that_stands_apart_from_what_is_allowed_is_a_leak() -> None:
    content = pdf("<p>The load</p><p>test agreed</p>")
    assert found(content, "Load test agreed", allowed=("load", "load test")) == ["cell 1: Load test agreed"]


def test_a_passage_of_a_long_text_is_found() -> None:
    text = "They pay too late. The new head of purchasing favours a second source. We wait."
    assert found(pdf("<p>The new head of purchasing favours a second source…</p>"), text) == [
        "cell 1:  The new head of purchasing favours a second source"
    ]


def test_short_texts_are_not_looked_for_but_short_japanese_ones_are() -> None:
    content = pdf("<p>Hugo, 佐藤健</p>")
    assert found(content, "Hugo", "佐藤健", "佐") == ["cell 2: 佐藤健"]


@pytest.mark.parametrize("shown", ["1234567", "1,234,567", "1.234.567", "1 234 567", "1’234’567", "EUR 1,234,567.00"])
def test_an_internal_amount_is_found_whatever_separates_its_thousands(shown: str) -> None:
    assert found(pdf(f"<p>{shown}</p>"), Value(Decimal(1234567), "money", FORMATTER)) == ["cell 1: 1234567"]


def test_an_internal_amount_is_found_as_it_is_rounded() -> None:
    share = Value(Decimal("0.18347"), "percent", FORMATTER)
    assert found(pdf("<p>1,234.57 and 18.35 %</p>"), Decimal("1234.5678"), share) == [
        "cell 1: 1234.57",
        "cell 2: 18.35",
    ]  # fmt: skip


def test_numbers_with_few_digits_or_as_part_of_others_are_not_looked_for() -> None:
    content = pdf("<p>120,000 of 91234567 in 98.4 %</p>")
    assert found(content, Decimal(120000), Decimal(1234567), Decimal("98.4"), 12) == []


@pytest.mark.parametrize(
    "shown", ["44b84101ccc84278a79ed8f10a22650d", "44b84101-ccc8-4278-a79e-d8f10a22650d", "ABCDEF01234567822650"]
)
def test_digits_in_the_name_of_a_part_are_no_number(shown: str) -> None:
    assert forbidden_in(shown.encode(), [("actual", Decimal(22650))], [], FORMATTER) == ()


@pytest.mark.parametrize("shown", ["22650", "a22650", "EUR22,650k", "1234567890 22650", "face 22650"])
def test_digits_beside_letters_are_a_number(shown: str) -> None:
    assert forbidden_in(shown.encode(), [("actual", Decimal(22650))], [], FORMATTER)


def test_a_number_that_the_customer_may_see_is_no_leak() -> None:
    content = pdf("<p>Call +44 20 7946 0018 in 2026</p>")
    assert found(content, Decimal(7946), 2026, allowed=("+44 20 7946 0018", "1 Jan 2026")) == []
    assert found(content, Decimal(7946), allowed=("1 Jan 2026",)) == ["cell 1: 7946"]


def test_an_internal_date_is_found_and_not_within_another() -> None:
    content = pdf("<p>11 Nov 2026, 3 December 2026</p>")
    assert found(content, date(2026, 11, 1)) == []
    assert found(content, date(2026, 11, 11), date(2026, 12, 3)) == ["cell 1: 11 Nov 2026", "cell 2: 3 December 2026"]


def test_views_are_compared_value_by_value() -> None:
    internal, customer = view(name="Contoso", secret=CANARY), view(name="Contoso")
    content = drawn(template("<p>{{ account.name }}: {{ account.secret }} – Fixed words</p>"), internal).content
    (leak,) = leaks_in(content, internal, customer, ["{{ account.name }}: – Fixed words"])
    assert str(leak) == f"account.secret: {CANARY}"
