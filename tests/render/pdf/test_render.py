"""Any template becomes an accessible PDF, the same bytes each time, in which cells are data."""

import io
import os
import subprocess
import sys
from decimal import Decimal

import pypdf
import pytest

from pipeline.errors import RenderError
from pipeline.model import Figure, Series
from tests.render.pdf.small import drawn, template, text_of, view
from tests.support.pdf import pdf_faults
from tests.support.repository import ROOT

BULLET = Figure(
    "way", "bullet", "Way", "Way: 8 at the start, 6 now, 4 is the target.", "number", "", ("Days",),
    tuple(Series(name, name, (Decimal(value),), (str(value),)) for name, value in (("s", 8), ("n", 6), ("g", 4))),
)  # fmt: skip
TABLE = (
    "<h1>{{ account.name }}</h1><h2>Part</h2><table><thead><tr><th>A</th><th>B</th></tr></thead>"
    "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>{{ figure('way', width=80) }}"
)


def elements(pdf: bytes, kind: str) -> list[pypdf.generic.DictionaryObject]:
    """Return the structure elements of a kind, such as /Figure."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    objects = (reader.get_object(number) for number in range(1, int(str(reader.trailer["/Size"]))))
    return [item for item in objects if isinstance(item, pypdf.generic.DictionaryObject) and item.get("/S") == kind]


def test_a_page_passes_the_checkers_of_pdf_ua() -> None:
    content = drawn(template(TABLE), view(name="Contoso"), {"way": BULLET}).content
    assert pdf_faults(content) == []


def test_language_title_and_bookmarks_are_there() -> None:
    reader = pypdf.PdfReader(io.BytesIO(drawn(template(TABLE), view("de", name="Contoso"), {"way": BULLET}).content))
    assert reader.trailer["/Root"]["/Lang"] == "de"  # type: ignore[index] # a dictionary in every PDF
    assert reader.metadata is not None
    assert reader.metadata.title == "Plan"
    assert [str(item["/Title"]) for item in reader.outline[:1] if isinstance(item, dict)] == ["Contoso"]


def test_a_figure_is_tagged_with_its_words() -> None:
    (figure,) = elements(drawn(template(TABLE), view(name="x"), {"way": BULLET}).content, "/Figure")
    assert str(figure["/Alt"]) == BULLET.description


def test_a_figure_without_data_leaves_no_trace() -> None:
    empty = Figure("way", "bullet", "Way", "Way", "number", "")
    assert elements(drawn(template(TABLE), view(name="x"), {"way": empty}).content, "/Figure") == []


@pytest.mark.parametrize(
    "cell",
    [
        "R&D <EMEA> \"x\" 'y'",
        "</p><script>alert(1)</script>",
        "&amp; &lt; &#65;",
        "{% for x in y %}",
        "=HYPERLINK(1)",
        "日本語と R&D",
        "Straße, naïve, Łódź",
    ],
)
def test_what_a_cell_says_is_printed_as_it_is(cell: str) -> None:
    content = drawn(template("<p>{{ account.name }}</p>"), view(name=cell)).content
    assert text_of(content) == cell
    assert pdf_faults(content) == []


def test_text_from_right_to_left_is_kept_with_its_neighbours() -> None:
    content = drawn(template("<p>{{ account.name }}</p><p>after</p>"), view(name="שלום (Contoso) 12")).content
    letters = text_of(content)
    assert set("שלום") <= set(letters)
    assert "Contoso" in letters
    assert letters.endswith("after")


def test_control_characters_are_left_out() -> None:
    cell = "a\x00b\x08c\x0cd\x07e\x1bf\x7fg\ufffeh"
    assert text_of(drawn(template("<p>{{ account.name }}</p>"), view(name=cell)).content) == "abcdefgh"


def test_a_character_without_glyph_is_a_finding_and_a_square() -> None:
    result = drawn(template("<p>{{ account.name }}</p>"), view(name="Lost \U000f1234 here"))
    (finding,) = result.findings
    assert "(U+F1234)" in finding.message.to("en")
    assert "page.html" in finding.message.to("de")
    assert text_of(result.content) == "Lost □ here"
    assert pdf_faults(result.content) == []


def test_an_unknown_name_is_told_with_file_and_line() -> None:
    with pytest.raises(RenderError, match=r"^page\.html:4: .*owner"):
        drawn(template("<p>\n{{ account.owner }}</p>"), view(name="x"))


def test_an_unknown_name_in_an_included_file_names_that_file() -> None:
    with pytest.raises(RenderError, match=r"^part\.html:2: there is no `nobody` here"):
        drawn(template('{% include "part.html" %}', files={"part.html": "\n{{ nobody.name }}"}), view(name="x"))


def test_an_unknown_figure_is_told_with_its_line() -> None:
    with pytest.raises(RenderError, match=r"^page\.html:3: 'nowhere' is not in this document's view"):
        drawn(template('{{ figure("nowhere") }}'), view(name="x"))


def test_colours_and_fonts_of_the_brand_are_custom_properties() -> None:
    body = '<p style="font-family: var(--font-body); color: var(--accent)">日本 Contoso</p>'
    content = drawn(template(body)).content
    names = {name for sheet in pypdf.PdfReader(io.BytesIO(content)).pages for name in fonts_of(sheet)}
    assert any("Carlito" in name or "Calibri" in name for name in names)
    assert any("Noto-Sans-CJK-JP" in name or "Yu-Gothic" in name for name in names)


def fonts_of(sheet: pypdf.PageObject) -> list[str]:
    fonts = sheet["/Resources"]["/Font"].values()  # type: ignore[index] # dictionaries in every page
    return [str(font.get_object()["/BaseFont"]) for font in fonts]


def test_an_empty_value_is_a_dash_in_a_table_and_nothing_elsewhere() -> None:
    body = "<p>a{{ account.name }}b</p><table><tr><td>{{ account.name }}</td><td>c</td></tr></table>"
    assert text_of(drawn(template(body), view(name=None)).content) == "ab – c"


def test_the_same_input_gives_the_same_bytes_in_another_process_place_and_time_zone() -> None:
    script = (
        "import hashlib, sys\n"
        "from tests.render.pdf.test_render import BULLET, TABLE\n"
        "from tests.render.pdf.small import drawn, template, view\n"
        "made = drawn(template(TABLE), view('ja', name='日本 Contoso'), {'way': BULLET}).content\n"
        "print(hashlib.sha256(made).hexdigest())\n"
    )
    hashes = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        hashes.add(done.stdout)
    assert len(hashes) == 1
