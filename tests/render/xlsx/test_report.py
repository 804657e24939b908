"""The variance report: live formulas that carry the computed values, totals that foot, data that stays data."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from pipeline.errors import DefinitionError
from pipeline.formats import Formatter
from pipeline.model import Audience, Figure, Finding, PlanView, Series, Severity
from pipeline.render.rendered import Rendered
from pipeline.render.xlsx.render import render_report
from pipeline.render.xlsx.report import compile_report
from pipeline.sentences import sentence
from pipeline.wording import Value, ViewList, ViewRow
from tests.support.brands import shipped_brand
from tests.support.libreoffice import convert, requires_libreoffice
from tests.support.openxml import validation_errors

TEMPLATE = """\
title: Report
words:
  {total: Total, comment_needed: Comment needed, material: "●", not_available: n.a., measure: Measure, value: Value,
   parameter: Setting}
sheets:
  - sheet: Summary
    kind: summary
    headline: "{{ headlines.message }}"
    who: "{{ account.name }}"
    what: Money
    when: "{{ as_of }}"
    lines:
      - {label: Sales, actual: sales, references: {PL: sales_plan}}
      - {label: Margin, actual: margin, references: {PL: margin_plan, PY: margin_before}}
    figures: [months]
    notes: ["As entered by the team."]
  - sheet: Year to date
    kind: comparison
    who: "{{ account.name }}"
    what: Money
    when: "{{ as_of }}"
    variance: lines
    span: ytd
    references: [PL, PY]
    columns:
      - {kind: dimension, name: line, title: Line}
      - {kind: dimension, name: product, title: Product}
      - {kind: actual, title: AC}
      - {kind: reference, title: "{reference}"}
      - {kind: absolute, title: "Δ{reference}"}
      - {kind: percent, title: "Δ{reference} %"}
      - {kind: material, title: Material}
      - {kind: commentary, title: Comment}
      - {kind: entry, title: Reviewed by}
      - {kind: sources, title: Cells}
  - {sheet: Method, kind: method, who: "{{ account.name }}", what: Method, when: Now, notes: ["Signed."]}
"""
FORMATTER = Formatter("en", "EUR")
Leaf = tuple[str, str, str, str, str | None, str | None]
LEAVES: list[Leaf] = [
    ("Revenue", "Pumps", "income", "1000.25", "900", "800"),
    ("Revenue", '=HYPERLINK("http://x")', "income", "500", "600.75", None),
    ("Service cost", "Pumps", "cost", "-300", "-250", "-310"),
    ("Service cost", "Valves", "cost", "-40", "0", "-35.5"),
    ("Orders", "Pumps", "neutral", "7000", "6000", "500"),
    ("Freight", "", "neutral", "70", "10", "5"),
]  # fmt: skip


def money(value: Decimal | None) -> Value:
    return Value(value, "money", FORMATTER, reason=None if value is not None else "no_data")


def text(value: str) -> Value:
    return Value(value, "text", FORMATTER)


def variance_row(
    dimensions: tuple[str, ...], nature: str, actual: Decimal, reference: str, against: Decimal | None
) -> ViewRow:
    absolute = None if against is None else actual - against
    sign = -1 if nature == "cost" else 1
    percent = absolute / abs(against) if absolute is not None and against and against * sign > 0 else None
    line, product = (*dimensions, "", "")[:2]
    return ViewRow({
        "span": text("ytd"), "reference": text(reference), "level": Value(len(dimensions), "integer", FORMATTER),
        "line": text(line), "product": text(product), "nature": text(nature), "actual": money(actual),
        "against": money(against), "absolute": money(absolute),
        "percent": Value(percent, "percent", FORMATTER, reason=None if percent is not None else "zero_base"),
        "impact": text("neutral" if not absolute else "favourable" if absolute > 0 else "adverse"),
        "material": Value(bool(absolute and abs(absolute) >= 50), "yes_no", FORMATTER),
        "commentary": text(""), "sources": text("Financials!G5:G14"),
    })  # fmt: skip


def sums(leaves: list[Leaf], column: int) -> Decimal | None:
    values = [Decimal(value) for leaf in leaves if (value := leaf[column]) is not None]
    return sum(values, Decimal(0)) if values else None


def variance_rows() -> Iterator[ViewRow]:
    counted = [leaf for leaf in LEAVES if leaf[2] != "neutral"]
    for reference, column in (("PL", 4), ("PY", 5)):
        total = sums(counted, 3)
        assert total is not None
        yield variance_row((), "income", total, reference, sums(counted, column))
        for line, group in groupby(LEAVES, key=lambda leaf: leaf[0]):
            leaves = list(group)
            subtotal = sums(leaves, 3)
            assert subtotal is not None
            yield variance_row((line,), leaves[0][2], subtotal, reference, sums(leaves, column))
            for leaf in leaves:
                against = sums([leaf], column)
                yield variance_row(leaf[:2], leaf[2], Decimal(leaf[3]), reference, against)


def view(given: Mapping[str, object]) -> PlanView:
    names = {
        "account": ViewRow({"name": text('R&D <EMEA> "x"')}),
        "as_of": text("9 Nov 2026"),
        "edition": None,
        "document": ViewRow({"is_draft": False}),
        "brand": ViewRow({"footer": "Planpress", "confidentiality": "INTERNAL"}),
        "headlines": ViewRow({"message": text("Revenue is behind plan")}),
        "measures": ViewRow({
            "sales": money(Decimal("1500.25")),
            "sales_plan": money(Decimal(1200)),
            "margin": Value(Decimal("0.25"), "percent", FORMATTER),
            "margin_plan": Value(Decimal("0.225"), "percent", FORMATTER),
            "margin_before": Value(None, "percent", FORMATTER, reason="no_data"),
        }),
        "variances": ViewRow({"lines": ViewList(variance_rows())}),
        "parameters": (ViewRow({"label": "Absolute threshold", "value": "EUR 25,000"}),),
    }  # fmt: skip
    return PlanView(Audience.INTERNAL, "en", "EUR", {**names, **given})


Figures = Callable[[str, Mapping[str, object]], Figure]


def months(_: str, __: Mapping[str, object]) -> Figure:
    values = (Decimal(100), Decimal(120), None)
    series = (
        Series("PL", "Plan", values, ("100", "120", "")),
        Series("AC", "Actual", (Decimal(90), None, None), ("90", "", "")),
    )
    return Figure(
        "months", "columns_vs_reference", "Sales", "Sales by month", "money", "EUR", ("Jan", "Feb", "Mar"), series
    )


def rendered(
    template: str = TEMPLATE, names: Mapping[str, object] | None = None, figures: Figures = months
) -> Rendered:
    return render_report(compile_report("report.yaml", template.encode()), view(names or {}), figures, shipped_brand())


def report(template: str = TEMPLATE, names: Mapping[str, object] | None = None) -> bytes:
    return rendered(template, names).content


def cells(content: bytes, sheet: str, *, values: bool) -> list[list[object]]:
    book = openpyxl.load_workbook(BytesIO(content), data_only=values)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def without_values(content: bytes) -> bytes:
    """Return the workbook with no formula's value, so that whoever opens it must calculate."""
    output = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(output, "w") as target:
        for name in source.namelist():
            target.writestr(name, re.sub(rb"</f><v>[^<]*</v>", b"</f>", source.read(name)))
    return output.getvalue()


def test_every_line_stands_under_its_subtotal_and_the_total_closes_the_table() -> None:
    rows = cells(report(), "Year to date", values=True)[6:16]
    assert [tuple(row[:4]) for row in rows] == [
        ("Revenue", None, 1500.25, 1500.75),
        ("Revenue", "Pumps", 1000.25, 900),
        ("Revenue", '=HYPERLINK("http://x")', 500, 600.75),
        ("Service cost", None, -340, -250),
        ("Service cost", "Pumps", -300, -250),
        ("Service cost", "Valves", -40, 0),
        ("Orders", None, 7000, 6000),
        ("Orders", "Pumps", 7000, 6000),
        ("Freight", None, 70, 10),
        ("Total", None, 1160.25, 1250.75),
    ]
    assert rows[1][4:6] == [100.25, pytest.approx(100.25 / 900)]
    assert rows[5][5] == "n.a."
    assert rows[2][6:9] == ["n.a.", "n.a.", "n.a."]


def test_totals_and_differences_are_live_formulas() -> None:
    rows = cells(report(), "Year to date", values=False)
    assert rows[6][2] == "=SUM(C8:C9)"
    assert rows[15][2] == "=SUM(C7,C10)"
    assert rows[7][4] == '=IF(COUNT(C8,D8)=2,C8-D8,"n.a.")'
    assert rows[8][1] == '=HYPERLINK("http://x")'


def test_shares_carry_the_sign_of_their_difference_and_say_when_they_leave_the_scale() -> None:
    sheet = openpyxl.load_workbook(BytesIO(report()))["Year to date"]
    assert {sheet.cell(row, 6).number_format for row in range(7, 17)} == {"+0.0%;−0.0%;0.0%"}
    limits = {
        (rule.operator, rule.formula[0], rule.dxf.numFmt.formatCode)
        for ranges in sheet.conditional_formatting
        for rule in ranges.rules
    }
    assert limits == {("greaterThanOrEqual", "10", '">999 %"'), ("lessThanOrEqual", "-10", '"−>999 %"')}


def test_a_text_from_a_cell_never_becomes_a_formula() -> None:
    book = openpyxl.load_workbook(BytesIO(report()))
    assert book["Year to date"]["B9"].data_type == "s"


@requires_libreoffice
def test_formulas_give_the_values_that_they_carry(tmp_path: Path) -> None:
    content = report()
    path = tmp_path / "report.xlsx"
    path.write_bytes(without_values(content))
    book = convert(path, "xlsx", tmp_path / "counted").read_bytes()
    for sheet, last in (("Year to date", 16), ("Summary", 8)):
        counted, written = cells(book, sheet, values=True), cells(content, sheet, values=True)
        for expected, found in zip(written[5:last], counted[5:last], strict=True):
            for left, right in zip(expected[:8], found[:8], strict=True):
                assert right == (pytest.approx(left) if isinstance(left, int | float) else left)


def test_what_is_material_without_a_comment_asks_for_one() -> None:
    rows = cells(report(), "Year to date", values=True)
    assert [row[10] for row in rows[6:12]] == [None, "Comment needed", "Comment needed", None, "Comment needed", None]


def test_a_line_without_products_stands_once_and_asks_for_its_own_comment() -> None:
    freight = [row for row in cells(report(), "Year to date", values=False) if row[0] == "Freight"]
    assert [(row[1], row[2], row[10]) for row in freight] == [(None, 70, "Comment needed")]


def test_a_row_is_as_high_as_its_comment() -> None:
    assert height_of_row("short") == pytest.approx(14, abs=0.5)
    assert height_of_row("one line, and then " * 4) >= 28


def height_of_row(comment: str) -> float:
    rows = list(variance_rows())
    first = ViewRow({**{name: rows[2][name] for name in rows[2]}, "commentary": text(comment)})
    names = {"variances": ViewRow({"lines": ViewList([*rows[:2], first, *rows[3:]])})}
    sheet = openpyxl.load_workbook(BytesIO(report(names=names)))["Year to date"]
    return float(sheet.row_dimensions[8].height)


def test_a_text_that_no_cell_holds_ends_with_an_ellipsis_and_is_told() -> None:
    rows = list(variance_rows())
    first = ViewRow({**{name: rows[2][name] for name in rows[2]}, "commentary": text("long " * 8000)})
    result = rendered(names={"variances": ViewRow({"lines": ViewList([*rows[:2], first, *rows[3:]])})})
    shown = str(cells(result.content, "Year to date", values=True)[7][10])
    assert shown == f"{('long ' * 8000)[: 32_767 - 1]}…"
    message = sentence("text-cut", document="Report", place="Year to date!K8", room=32_767)
    assert result.findings == (Finding("text-cut", Severity.WARNING, message),)
    assert rendered().findings == ()


def test_notes_are_as_high_as_their_lines() -> None:
    short, long = note_height("Short."), note_height("A sentence of the method that goes on. " * 9)
    assert short < 20 < long


def test_settings_are_as_high_as_their_values() -> None:
    short, long = setting_height("5"), setting_height("High: 5, low: 20, " * 8)
    assert short < 20 < long


def setting_height(value: str) -> float:
    names = {"parameters": (ViewRow({"label": "Days", "value": value}),)}
    sheet = openpyxl.load_workbook(BytesIO(report(names=names)))["Method"]
    (row,) = [cells[0].row for cells in sheet.iter_rows() if cells[0].value == "Days"]
    return float(sheet.row_dimensions[row].height or 15)


def note_height(note: str) -> float:
    sheet = openpyxl.load_workbook(BytesIO(report(TEMPLATE.replace("Signed.", note))))["Method"]
    return float(sheet.row_dimensions[6].height)


WORDS = "parameter: Setting,\n   threshold: 'Material, {sheet}', both: plus, edition: 'Edition {number}', draft: DRAFT}"


def test_the_method_says_from_when_on_a_difference_is_material() -> None:
    share = Value(Decimal("0.05"), "percent", FORMATTER)
    limits = ViewRow({"absolute": money(Decimal(500)), "percent": share, "mode": "and"})
    names = {"materiality": ViewRow({"lines": ViewRow({"ytd": limits})})}
    rows = cells(report(TEMPLATE.replace("parameter: Setting}", WORDS), names), "Method", values=True)
    assert ["Material, Year to date", "€500 plus 5.0%"] in [row[:2] for row in rows]


def test_pages_of_a_draft_say_so_and_name_their_edition() -> None:
    share = Value(None, "percent", FORMATTER)
    empty = ViewRow({"absolute": Value(None, "money", FORMATTER), "percent": share, "mode": "or"})
    names = {
        "materiality": ViewRow({"lines": ViewRow({"ytd": empty})}),
        "document": ViewRow({"is_draft": True}),
        "edition": 3,
    }
    book = openpyxl.load_workbook(BytesIO(report(TEMPLATE.replace("parameter: Setting}", WORDS), names)))
    for sheet in book.worksheets:
        header, footer = sheet.HeaderFooter.oddHeader, sheet.HeaderFooter.oddFooter
        assert header is not None
        assert footer is not None
        assert header.right.text == "&BDRAFT"
        assert "Edition 3" in str(footer.left.text)


def test_the_summary_shows_measures_and_the_numbers_of_its_chart() -> None:
    content = report()
    rows = cells(content, "Summary", values=True)
    assert rows[0][0] == "Revenue is behind plan"
    assert rows[5] == ["Measure", "AC", "PL", "ΔPL", "ΔPL %", "PY", "ΔPY", "ΔPY %"]
    assert rows[6] == ["Sales", 1500.25, 1200, 300.25, pytest.approx(300.25 / 1200), None, None, None]
    assert rows[7] == ["Margin", 0.25, 0.225, pytest.approx(2.5), None, "n.a.", "n.a.", None]
    assert ["Feb", 120, None] in [row[:3] for row in rows]
    chart = ZipFile(BytesIO(content)).read("xl/charts/chart1.xml").decode()
    assert "wdUpDiag" not in chart
    assert "<a:noFill" in chart


def test_a_series_without_any_value_is_neither_drawn_nor_listed() -> None:
    def with_empty_forecast(name: str, arguments: Mapping[str, object]) -> Figure:
        figure = months(name, arguments)
        return replace(figure, series=(*figure.series, Series("FC", "Forecast", (None,) * 3, ("",) * 3)))

    assert rendered(figures=with_empty_forecast).content == report()


def test_the_report_opens_without_validator_errors_and_repeats_byte_for_byte() -> None:
    assert report() == report()
    assert validation_errors(report()) == []


def test_a_mistake_in_a_report_template_names_its_line() -> None:
    with pytest.raises(DefinitionError) as caught:
        compile_report("report.yaml", TEMPLATE.replace("kind: actual,", "kind: acutal,").encode())
    assert str(caught.value).startswith("report.yaml:28: ")
