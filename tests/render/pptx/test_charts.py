"""Charts: a designer's chart keeps its look and gets the figure's data, in cache, workbook and labels alike."""

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Cm

from pipeline.errors import DefinitionError
from pipeline.model import Figure
from tests.render.pptx.decks import Deck, columns_figure, describe, opened, rows
from tests.support.office_checks import office_faults
from tests.support.openxml import new_errors

REVENUE = columns_figure(AC=[1, -2.5, None, 4], PL=[2, 2, 2, 2])


def charts(document: Any) -> list[Any]:
    return [shape.chart for slide in opened(document).slides for shape in slide.shapes if shape.has_chart]


def series(chart: Any) -> dict[str, list[float | None]]:
    return {one.name: list(one.values) for plot in chart.plots for one in plot.series}


def workbook_of(chart: Any) -> dict[str, list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert sheet is not None
    return {str(column[0].value): [cell.value for cell in column[1:]] for column in sheet.iter_cols()}


def sample(
    deck: Deck, names: list[str], alt: str = "chart: revenue", kind: Any = XL_CHART_TYPE.COLUMN_CLUSTERED
) -> Any:
    return deck.add_slide().chart({name: [9.0, 8.0] for name in names}, alt, "Revenue", kind).chart


def test_series_are_matched_by_name_and_keep_their_look() -> None:
    deck = Deck()
    chart = sample(deck, ["PL", "AC"])
    for one, colour in zip(chart.plots[0].series, ("AAAAAA", "112233"), strict=True):
        one.format.fill.solid()
        one.format.fill.fore_color.rgb = RGBColor.from_string(colour)

    document = deck.rendered({"revenue": REVENUE})
    (result,) = charts(document)

    assert series(result) == {"Plan": [2, 2, 2, 2], "Actual": [1, -2.5, None, 4]}
    assert list(result.plots[0].categories) == ["M1", "M2", "M3", "M4"]
    assert {one.name: str(one.format.fill.fore_color.rgb) for one in result.plots[0].series} == {
        "Plan": "AAAAAA", "Actual": "112233",
    }  # fmt: skip
    assert not any(one.invert_if_negative for one in result.plots[0].series)
    assert office_faults(document.content) == []
    assert new_errors(document.content, deck.content()) == []


def test_cache_and_embedded_workbook_agree() -> None:
    deck = Deck()
    sample(deck, ["AC", "PL"])

    (result,) = charts(deck.rendered({"revenue": REVENUE}))
    book = workbook_of(result)

    assert {name: book[name] for name in series(result)} == series(result)
    assert next(iter(book.values())) == list(result.plots[0].categories)
    assert book["Actual (label)"] == ["1 k", "-2.5 k", None, "4 k"]


def test_a_series_that_the_figure_has_not_goes_with_its_plot_and_axes() -> None:
    deck = Deck()
    sample(deck, ["AC", "PL", "FC"])

    assert series(charts(deck.rendered({"revenue": REVENUE}))[0]).keys() == {"Actual", "Plan"}


def test_a_series_that_the_sample_has_not_is_a_fault_with_its_place() -> None:
    deck = Deck()
    sample(deck, ["AC", "FC"])

    with pytest.raises(DefinitionError) as caught:
        deck.rendered({"revenue": REVENUE})

    assert str(caught.value) == (
        "deck.pptx: slide 1, shape 'Revenue': `chart: revenue`: the sample chart has series `AC`, `FC` but none for "
        "`PL`; name one so in its data sheet."
    )


def test_labels_are_literal_text_in_the_samples_format() -> None:
    deck = Deck()
    plot = sample(deck, ["AC"]).plots[0]
    plot.has_data_labels = True
    plot.data_labels.show_value = True
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.data_labels.font.bold = True
    figure = replace(REVENUE, series=REVENUE.series[:1])

    document = deck.rendered({"revenue": figure})
    labels = list(charts(document)[0]._chartSpace.iter("{*}dLbl"))

    assert [node.text for label in labels for node in label.iter("{*}t")] == ["1 k", "-2.5 k", "4 k"]
    assert {run.get("b") for label in labels for run in label.iter("{*}rPr")} == {"1"}
    assert {node.get("val") for label in labels for node in label.iter("{*}dLblPos")} == {"outEnd"}
    assert office_faults(document.content) == []


def test_a_label_position_that_a_stack_does_not_allow_is_taken_out() -> None:
    deck = Deck()
    plot = sample(deck, ["AC", "PL"], kind=XL_CHART_TYPE.COLUMN_STACKED).plots[0]
    plot.has_data_labels = True
    plot.data_labels.show_value = True
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END

    assert office_faults(deck.rendered({"revenue": REVENUE}).content) == []


@pytest.mark.parametrize("kind", [XL_CHART_TYPE.LINE, XL_CHART_TYPE.PIE, XL_CHART_TYPE.AREA, XL_CHART_TYPE.BAR_STACKED])
def test_any_kind_with_categories_can_be_filled(kind: Any) -> None:
    deck = Deck()
    figure = replace(columns_figure(AC=[1, 2, 3]))
    sample(deck, ["Anything"], kind=kind)

    document = deck.rendered({"revenue": figure})

    assert series(charts(document)[0]) == {"Actual": [1, 2, 3]}
    assert office_faults(document.content) == []
    assert new_errors(document.content, deck.content()) == []


def test_a_chart_without_categories_is_refused_when_the_template_is_read() -> None:
    deck = Deck().add_slide()
    data = CategoryChartData()
    data.categories = ["a"]
    data.add_series("x", [1])
    frame = deck.slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Cm(5), Cm(5), data)
    describe(frame, "chart: revenue", "Dates")
    for axis in list(frame.chart._chartSpace.iter("{*}catAx")):
        axis.tag = axis.tag.replace("catAx", "dateAx")

    with pytest.raises(DefinitionError, match="slide 1, shape 'Dates': its category axis is a date axis"):
        deck.rendered({"revenue": REVENUE})


def test_a_chart_in_a_tile_has_its_own_part_and_workbook() -> None:
    deck = Deck().add_slide()
    frame = deck.chart({"AC": [1.0]}, "chart: revenue(of=p.name)")
    box = deck.text("{{ p.name }}")
    group = deck.slide.shapes.add_group_shape([box])
    group._element.append(frame._element)
    describe(group, "for: p in products\ncolumns: 2", "Tiles")
    figures = {"Pump": columns_figure(AC=[1, 2]), "Valve": columns_figure(AC=[3, 4])}

    from tests.render.pptx.decks import render_deck

    document = render_deck(
        deck.content(), lambda _, arguments: figures[str(arguments["of"])], "en",
        {"products": rows({"name": "Pump"}, {"name": "Valve"})},
    )  # fmt: skip
    groups = opened(document).slides[0].shapes
    found = [next(shape.chart for shape in group.shapes if shape.has_chart) for group in groups]

    assert [series(chart)["Actual"] for chart in found] == [[1, 2], [3, 4]]
    assert [workbook_of(chart)["Actual"] for chart in found] == [[1, 2], [3, 4]]
    assert office_faults(document.content) == []


def test_an_empty_figure_takes_its_chart_and_workbook_out_of_the_file() -> None:
    deck = Deck().add_slide()
    deck.text("kept")
    deck.chart({"AC": [1.0]}, "chart: revenue")

    document = deck.rendered({"revenue": columns_figure(AC=[None, None])})

    assert charts(document) == []
    assert b"embeddings" not in document.content
    assert b"charts/" not in document.content


def test_a_chart_title_takes_tags_and_the_alt_text_is_the_figures() -> None:
    deck = Deck().add_slide()
    frame = deck.chart({"AC": [1.0]}, "chart: revenue")
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = "{{ unit }}"

    document = deck.rendered({"revenue": columns_figure(AC=[1])}, unit="EUR k")
    shape = opened(document).slides[0].shapes[0]

    assert shape.chart.chart_title.text_frame.text == "EUR k"
    assert shape._element[0][0].get("descr") == "Revenue by month."


def kind(name: str, figure: Figure = REVENUE) -> Figure:
    return replace(figure, kind=name)


@pytest.mark.parametrize(
    "name", ["columns", "columns_vs_reference", "stacked_columns", "bars", "line", "sparkline", "bullet", "parts"]
)
def test_every_kind_of_chart_is_drawn_in_the_frame_of_another_shape(name: str) -> None:
    deck = Deck().add_slide()
    box = deck.slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(2), Cm(3), Cm(10), Cm(5))
    describe(box, "chart: revenue", "Place")
    figure = kind(name, columns_figure(AC=[1, 2, 3], PL=[2, 2, 2]))

    document = deck.rendered({"revenue": figure})
    (shape,) = opened(document).slides[0].shapes

    assert (shape.left, shape.top, shape.width, shape.height) == (Cm(2), Cm(3), Cm(10), Cm(5))
    assert shape.name == "Place"
    assert office_faults(document.content) == []
    assert new_errors(document.content, deck.content()) == []


def test_front_and_back_of_a_chart_with_two_value_axes_share_one_scale() -> None:
    from pipeline.render.office.chart_scale import share_scale

    values = "".join(f'<c:pt idx="{n}"><c:v>{v}</c:v></c:pt>' for n, v in enumerate([10, -4]))
    plot = (
        f"<c:barChart><c:ser><c:val><c:numRef><c:numCache>{values}</c:numCache></c:numRef></c:val></c:ser></c:barChart>"
    )
    axis = "<c:valAx><c:scaling><c:orientation val='minMax'/></c:scaling></c:valAx>"
    root = etree.fromstring(
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f"<c:chart><c:plotArea>{plot}{axis}{axis}</c:plotArea></c:chart></c:chartSpace>"
    )

    share_scale(root)

    limits = [
        [(node.tag.rpartition("}")[2], node.get("val")) for node in scaling] for scaling in root.iter("{*}scaling")
    ]
    assert limits == [[("orientation", "minMax"), ("max", "10.8"), ("min", "-4.32")]] * 2


def test_axes_that_a_designer_fixed_keep_their_limits() -> None:
    from pipeline.render.office.chart_scale import share_scale

    axis = "<c:valAx><c:scaling><c:max val='1'/><c:min val='0'/></c:scaling></c:valAx>"
    root = _chart_space("<c:barChart/>", axis, axis)

    share_scale(root)

    assert [node.get("val") for node in root.iter("{*}max")] == ["1", "1"]


def test_lying_bars_below_zero_leave_room_for_their_labels() -> None:
    from pipeline.render.office.chart_scale import leave_label_room

    values = "".join(f'<c:pt idx="{n}"><c:v>{v}</c:v></c:pt>' for n, v in enumerate([-60, 40]))
    plot = (
        f"<c:barChart><c:barDir val='bar'/><c:ser><c:dLbls/><c:val><c:numRef><c:numCache>{values}</c:numCache>"
        "</c:numRef></c:val></c:ser></c:barChart>"
    )
    root = _chart_space(plot, "<c:valAx><c:scaling/></c:valAx>")

    leave_label_room(root)

    assert [(node.tag.rpartition("}")[2], node.get("val")) for node in next(root.iter("{*}scaling"))] == [
        ("max", "65"),
        ("min", "-85"),
    ]


def _chart_space(*content: str) -> etree._Element:
    return etree.fromstring(
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f"<c:chart><c:plotArea>{''.join(content)}</c:plotArea></c:chart></c:chartSpace>"
    )


def test_decimals_keep_fifteen_digits() -> None:
    deck = Deck()
    sample(deck, ["AC"])
    figure = columns_figure(AC=[0])
    exact = Decimal("1234567.12345678")
    figure = replace(figure, series=(replace(figure.series[0], values=(exact,)),))

    (result,) = charts(deck.rendered({"revenue": figure}))

    assert workbook_of(result)["Actual"] == [1234567.12345678]
    assert series(result)["Actual"] == [1234567.12345678]
