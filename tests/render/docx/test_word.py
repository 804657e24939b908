"""Word templates: what designers write comes out as text, tables and native charts; data stays data."""

from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from docx.document import Document
from docx.enum.dml import MSO_THEME_COLOR
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import RGBColor

from pipeline.errors import DefinitionError, RenderError
from pipeline.formats import Formatter
from pipeline.model import Audience, Figure, PlanView, Series
from pipeline.render.docx.render import render_word
from pipeline.render.docx.template import compile_word
from pipeline.wording import Value, ViewRow
from tests.support.brands import shipped_brand
from tests.support.libreoffice import convert, requires_libreoffice
from tests.support.office_checks import office_faults
from tests.support.openxml import new_errors
from tests.support.word import add_chart, add_table, document, saved

FORMATTER = Formatter("en", "EUR")


def text(value: str | None) -> Value:
    return Value(value, "text", FORMATTER)


def money(amount: str | None) -> Value:
    reason = None if amount is not None else "no_data"
    return Value(None if amount is None else Decimal(amount), "money", FORMATTER, reason=reason)


def sales(figure: str, arguments: Mapping[str, object]) -> Figure:
    shown = Decimal(10) if arguments.get("product") != "none" else None
    series = (Series("AC", "Actual", (shown, shown), ("10", "10")), Series("PL", "Plan", (None, shown), ("", "10")))
    return Figure(figure, "columns", "Sales", f"Sales of {arguments or 'all'}", "money", "EUR", ("Jan", "Feb"), series)


def filled(template: Document, **names: object) -> Document:
    return docx.Document(BytesIO(rendered(template, **names)))


def rendered(template: Document, **names: object) -> bytes:
    view = PlanView(Audience.INTERNAL, str(names.pop("language", "en")), "EUR", names)
    return render_word(compile_word("plan.docx", saved(template)), view, sales, shipped_brand(), {}).content


def sheet_values(book: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(BytesIO(book)).worksheets[0]
    return [tuple(row[:3]) for row in sheet.values]


def paragraphs(made: Document) -> list[str]:
    return [paragraph.text for paragraph in made.paragraphs]


def test_tags_split_over_runs_are_one_tag() -> None:
    template = document("Sum ")
    for piece in ("{", "{ amount ", "| short }", "} paid"):
        template.paragraphs[0].add_run(piece)
    assert paragraphs(filled(template, amount=money("1234.5"))) == ["Sum €1.23k paid"]


def test_word_processors_quotes_and_dashes_work_inside_tags() -> None:
    assert paragraphs(filled(document("„{{ rows | where(‘kind’, “a”) | length }}“"), rows=[])) == ["„0“"]


def test_paragraphs_and_rows_repeat_and_drop() -> None:
    template = document("{%p if rows %}", "There are rows.", "{%p endif %}", "{%p if none %}", "Never.", "{%p endif %}")
    add_table(template, [["No.", "What"], ["{%tr for row in rows %}", ""], ["{{ row.no }}", "{{ row.what }}"],
                         ["{%tr endfor %}", ""]])  # fmt: skip
    rows = [ViewRow({"no": text("A1"), "what": text(None)}), ViewRow({"no": text("A2"), "what": text("done")})]
    made = filled(template, rows=rows, none=text(None))
    assert paragraphs(made) == ["There are rows."]
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [
        ["No.", "What"],
        ["A1", "–"],
        ["A2", "done"],
    ]


def test_text_from_a_cell_is_data_and_keeps_its_lines() -> None:
    attack = text('{{ 7*7 }} <w:p/> R&D "x"\nsecond\x0cline\x07')
    assert paragraphs(filled(document("{{ attack }}"), attack=attack)) == ['{{ 7*7 }} <w:p/> R&D "x"\nsecondline']


def test_not_available_says_so_and_an_empty_text_leaves_nothing() -> None:
    assert paragraphs(filled(document("[{{ a }}] [{{ b }}]"), a=money(None), b=text(None))) == ["[n.a.] []"]


def test_impact_takes_the_character_style_of_its_name() -> None:
    template = document("{{ delta | impact }}")
    template.styles.add_style("Adverse", WD_STYLE_TYPE.CHARACTER)
    run = filled(template, delta=money("-5")).paragraphs[0].runs[0]
    assert (run.text, run.style.name) == ("−€5", "Adverse")


def test_each_chart_has_its_own_data_workbook_and_description() -> None:
    template = document("{%p for product in products %}", "{{ product }}")
    add_chart(template, "chart: sales(product=product)", ["Actual", "Plan"])
    template.add_paragraph("{%p endfor %}")
    content = rendered(template, products=["a", "b"])
    with ZipFile(BytesIO(content)) as archive:
        charts = [name for name in archive.namelist() if name.startswith("word/charts/chart")]
        books = [name for name in archive.namelist() if name.endswith(".xlsx")]
        values = [sheet_values(archive.read(book)) for book in books]
        body = archive.read("word/document.xml").decode()
    assert len(charts) == len(books) == 2
    assert values[0] == [(None, "Actual", "Plan"), ("Jan", 10, None), ("Feb", 10, 10)]
    assert "Sales of {'product': 'a'}" in body
    assert "chart:" not in body


def test_a_chart_without_data_leaves_no_trace() -> None:
    template = document("Before")
    add_chart(template, "chart: sales(product='none')", ["Actual", "Plan"])
    content = rendered(template)
    with ZipFile(BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "chart" in name or name.endswith(".xlsx")]
    assert paragraphs(docx.Document(BytesIO(content))) == ["Before"]


def test_a_title_inside_a_chart_names_the_figures_unit_whatever_runs_it_stands_in() -> None:
    template = document("Before")
    add_chart(template, "chart: sales", ["Actual", "Plan"], title=("{{ acc", "ount }}, {{ figure.unit }}"))
    with ZipFile(BytesIO(rendered(template, account="R&D <EMEA>"))) as archive:
        chart = archive.read(next(name for name in archive.namelist() if "charts/chart" in name)).decode()
    assert "<a:t>R&amp;D &lt;EMEA&gt;, EUR</a:t>" in chart
    assert "{{" not in chart


def test_a_chart_title_that_cannot_be_read_is_a_mistake() -> None:
    template = document("Before")
    add_chart(template, "chart: sales", ["Actual", "Plan"], title=("{{ figure.unit",))
    with pytest.raises(DefinitionError, match=r"plan\.docx: drawing “Chart 1”: title “{{ figure\.unit”"):
        compile_word("plan.docx", saved(template))


def test_a_chart_title_asks_for_what_it_names() -> None:
    template = document("Before")
    add_chart(template, "chart: sales", ["Actual", "Plan"], title=("{{ measures.sales }} in {{ figure.unit }}",))
    names = compile_word("plan.docx", saved(template)).names
    assert names == {"measures.sales", "figures.sales"}


def test_contents_list_the_headings_that_are_there() -> None:
    template = document("# {{ first }}", "{%p if none %}", "# Dropped", "{%p endif %}", "# Last")
    template.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    field = template.paragraphs[0].insert_paragraph_before()
    for kind, instruction in (("begin", None), (None, r' TOC \o "1-2" \h '), ("end", None)):
        run = field.add_run()
        node = docx.oxml.OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            node.set(docx.oxml.ns.qn("w:fldCharType"), kind)
        else:
            node.text = instruction
        run._r.append(node)
    made = filled(template, first=text("Ready & able"), none=text(None))
    entries = [p for p in made.paragraphs if p.style is not None and p.style.name == "toc 1"]
    assert ["".join(node.text or "" for node in p._p.iter(docx.oxml.ns.qn("w:t"))) for p in entries] == [
        "Ready & able",
        "Last",
    ]


def test_the_document_speaks_its_language() -> None:
    made = docx.Document(BytesIO(rendered(document("x"), language="de")))
    languages = {node.get(docx.oxml.ns.qn("w:val")) for node in made.styles.element.iter(docx.oxml.ns.qn("w:lang"))}
    assert languages == {"de-DE"}


def test_styles_in_theme_colours_take_those_of_the_brand() -> None:
    template = document("# x")
    template.styles["Normal"].font.color.theme_color = MSO_THEME_COLOR.TEXT_2
    made = docx.Document(BytesIO(rendered(template)))
    assert str(made.styles["Normal"].font.color.rgb) == shipped_brand().colours.accent_dark.lstrip("#").upper()


def test_a_shade_of_a_theme_colour_is_that_of_the_brand_darkened() -> None:
    template = document("# x")
    template.styles["Normal"].font.color.theme_color = MSO_THEME_COLOR.ACCENT_1
    node = template.styles["Normal"].element.find(".//" + qn("w:color"))
    node.set(qn("w:themeShade"), "80")
    made = docx.Document(BytesIO(rendered(template)))
    darkened, brand = made.styles["Normal"].font.color.rgb, RGBColor.from_string(shipped_brand().colours.theme[0][1:])
    assert [round(full * 0x80 / 0xFF) for full in brand] == pytest.approx(list(darkened), abs=1)


def test_properties_are_filled_and_bytes_repeat() -> None:
    template = document("x")
    template.core_properties.title = "Plan of {{ name }}"
    first, second = (rendered(template, name=text("R&D <EMEA>")) for _ in range(2))
    assert docx.Document(BytesIO(first)).core_properties.title == "Plan of R&D <EMEA>"
    assert first == second


@pytest.mark.parametrize(
    ("paragraph", "message"),
    [("Total {{ amount | }}", "Total {{ amount | }}"), ("{%p if x %}", "Unexpected end of template")],
)
def test_a_broken_tag_names_its_paragraph(paragraph: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        compile_word("plan.docx", saved(document("Good", paragraph)))
    assert str(caught.value).startswith("plan.docx: paragraph “")
    assert message in str(caught.value)


def test_a_near_miss_in_an_alt_text_is_a_mistake() -> None:
    template = document()
    add_chart(template, "chrat: sales", ["Actual"])
    with pytest.raises(DefinitionError, match="did you mean `chart:`"):
        compile_word("plan.docx", saved(template))


def test_an_unknown_name_names_its_paragraph() -> None:
    with pytest.raises(RenderError, match=r"paragraph “Total .*amount"):
        rendered(document("Good", "Total {{ amount }}"))


def test_a_file_that_is_no_document_is_a_mistake() -> None:
    with pytest.raises(DefinitionError, match=r"plan\.docx: This is no Word document"):
        compile_word("plan.docx", b"%PDF-1.7")


def test_a_template_says_what_it_asks_for() -> None:
    template = document("{{ measures.sales }}", "{%p for a in actions %}", "{{ a.no }}", "{%p endfor %}")
    add_chart(template, "chart: sales(product=p)", ["Actual"])
    names = compile_word("plan.docx", saved(template)).names
    assert names == {"measures.sales", "actions", "p", "figures.sales"}


@requires_libreoffice
def test_the_result_is_sound(tmp_path: Path) -> None:
    template = document("# Title", "{{ amount | impact }}")
    add_chart(template, "chart: sales\nalt: Sales by month, {{ amount }}", ["Actual", "Plan"])
    content = rendered(template, amount=money("5"))
    assert new_errors(content, saved(template)) == []
    assert office_faults(content) == []
    path = tmp_path / "plan.docx"
    path.write_bytes(content)
    assert convert(path, "pdf", tmp_path).read_bytes().startswith(b"%PDF")
