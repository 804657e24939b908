"""The first and the last sheet of a report: what it says at a glance, and by which method."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.formats import EN_DASH, as_decimal
from pipeline.model import Figure, Series
from pipeline.render.xlsx.report import Report, SummaryLine
from pipeline.render.xlsx.sheet import SheetWriter
from pipeline.render.xlsx.styles import MONEY, PERCENT, SIGNED, points
from pipeline.wording import Value

_WIDTHS = (34, 13, 13, 13, 10, 13, 13, 10)
_METHOD_WIDTHS = (66, 64)
_SIZE, _LINE_HEIGHT = 10.0, 15.0
_CHART_HEIGHT = 260
_CHART_WIDTH = 880
_ROW_PIXELS = 20
FigureSource = Callable[[str, Mapping[str, object]], Figure]


def write_summary(workbook: Any, writer: SheetWriter, figures: FigureSource) -> None:
    """Write the measures with their differences, the notes, and each chart above the numbers it draws."""
    for column, width in enumerate(_WIDTHS):
        writer.worksheet.set_column(column, column, width)
    _lines(writer)
    writer.row += 1
    writer.notes(_WIDTHS)
    for name in writer.definition.figures:
        figure = figures(name, {})
        if not figure.is_empty:
            _figure(workbook, writer, replace(figure, series=tuple(filter(_has_values, figure.series))))


def _has_values(series: Series) -> bool:
    return any(value is not None for value in series.values)


def _lines(writer: SheetWriter) -> None:
    styles = writer.styles
    references = list(dict.fromkeys(code for line in writer.definition.lines for code in line.references))
    titles = ["AC", *(title for code in references for title in (code, f"Δ{code}", f"Δ{code} %"))]
    writer.text(writer.row, 0, writer.word(writer.words.measure), styles.header())
    for column, title in enumerate(titles, start=1):
        writer.text(writer.row, column, title, styles.header("right"))
    writer.row += 1
    first = writer.row
    for line in writer.definition.lines:
        _line(writer, line, references)
        writer.row += 1
    for index in range(len(references)):
        writer.mark_out_of_scale(first, 4 + 3 * index)


def _line(writer: SheetWriter, line: SummaryLine, references: list[str]) -> None:
    measures: Any = writer.view.names["measures"]
    actual = measures[line.actual]
    cell_format = writer.styles.cell("leaf", _number_format(writer, actual))
    writer.text(writer.row, 0, writer.word(line.label), writer.styles.cell("leaf"))
    writer.number(writer.row, 1, actual, cell_format)
    for index, code in enumerate(references):
        column = 2 + 3 * index
        if code not in line.references:
            for empty in range(column, column + 3):
                writer.text(writer.row, empty, "", writer.styles.cell("leaf"))
            continue
        against = measures[line.references[code]]
        writer.number(writer.row, column, against, cell_format)
        _differences(writer, column, actual, against)


def _differences(writer: SheetWriter, column: int, actual: Value, against: Value) -> None:
    """Write the live difference and its share; ratios differ in percentage points and have no share (7.4)."""
    styles, ratio = writer.styles, actual.kind == "percent"
    absolute = (actual - against).value
    number = None if absolute is None else as_decimal(absolute) * (100 if ratio else 1)
    colour = styles.impact_colour("neutral" if not number else "favourable" if number > 0 else "adverse")
    left, right = xl_rowcol_to_cell(writer.row, 1), xl_rowcol_to_cell(writer.row, column)
    word = writer.word(writer.words.not_available)
    difference = f"100*({left}-{right})" if ratio else f"{left}-{right}"
    shown = styles.cell("leaf", _points(writer) if ratio else SIGNED, font_color=colour)
    writer.formula(writer.row, column + 1, f'=IF(COUNT({left},{right})=2,{difference},"{word}")', number, shown)
    if ratio:
        writer.text(writer.row, column + 2, "", styles.cell("leaf"))
        return
    share = _share(as_decimal(actual.value), as_decimal(against.value)) if number is not None else None
    formula = f'=IF(COUNT({left},{right})=2,IF(AND({right}>0,{left}>=0),({left}-{right})/{right},"{word}"),"{word}")'
    writer.formula(writer.row, column + 2, formula, share, styles.cell("leaf", PERCENT, font_color=colour))


def _share(actual: Decimal, against: Decimal) -> Decimal | None:
    return (actual - against) / against if against > 0 and actual >= 0 else None


def _number_format(writer: SheetWriter, value: Value) -> str:
    formats = {
        "money": MONEY,
        "money_group": MONEY,
        "percent": "0.0%;\u22120.0%",
        "points": _points(writer),
        "times": '0.0"\u00d7"',
    }
    return formats.get(value.kind, "#,##0.##;\u2212#,##0.##")


def _points(writer: SheetWriter) -> str:
    return points(writer.formatter.points(0).lstrip("0.,"))


def _figure(workbook: Any, writer: SheetWriter, figure: Figure) -> None:
    """Write the chart, and below it its numbers as a small table."""
    writer.row += 1
    title = f"{figure.title}, {figure.unit_label}" if figure.unit_label else figure.title
    writer.text(writer.row, 0, title, writer.styles.make(bold=True, font_size=12))
    chart_row = writer.row + 1
    writer.row = chart_row + _CHART_HEIGHT // _ROW_PIXELS + 1
    first = writer.row
    _figure_table(writer, figure)
    chart = _chart(workbook, writer, figure, first)
    writer.worksheet.insert_chart(chart_row, 0, chart, {"description": figure.description, "object_position": 2})
    writer.row += 1


def _figure_table(writer: SheetWriter, figure: Figure) -> None:
    styles = writer.styles
    writer.text(writer.row, 0, "", styles.header())
    for column, series in enumerate(figure.series, start=1):
        writer.text(writer.row, column, series.name, styles.header("right"))
    for index, category in enumerate(figure.categories):
        row = writer.row + 1 + index
        writer.text(row, 0, category, styles.cell("leaf"))
        for column, series in enumerate(figure.series, start=1):
            value = series.values[index]
            if value is None:
                writer.worksheet.write_blank(row, column, None, styles.cell("leaf"))
            else:
                writer.worksheet.write_number(row, column, float(value), styles.cell("leaf", MONEY))
    writer.row += len(figure.categories) + 1


def _chart(workbook: Any, writer: SheetWriter, figure: Figure, first: int) -> Any:
    chart = workbook.add_chart({"type": "column"})
    sheet, rows = writer.worksheet.get_name(), (first + 1, first + len(figure.categories))
    for column, series in enumerate(figure.series, start=1):
        chart.add_series({
            "name": [sheet, first, column],
            "categories": [sheet, rows[0], 0, rows[1], 0],
            "values": [sheet, rows[0], column, rows[1], column],
            # XlsxWriter would draw an empty cell as 0 for viewers that trust the cache.
            "values_data": [None if value is None else float(value) for value in series.values],
            "gap": 60,
            "overlap": 20,
            **_look(writer, series),
        })  # fmt: skip
    font = {"name": writer.styles.brand.fonts.body, "size": 9, "color": writer.styles.colours.text}
    chart.set_x_axis({"num_font": font, "line": {"color": writer.styles.colours.text}, "major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "min": _axis_minimum(figure), "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "top", "font": font})
    chart.set_title({"none": True})
    chart.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})
    chart.set_chartarea({"border": {"none": True}})
    return chart


def _look(writer: SheetWriter, series: Series) -> dict[str, object]:
    """Return the notation of a scenario: actual solid, previous year lighter, plan outlined, forecast hatched."""
    colours = writer.styles.colours
    colour = colours.scenarios.get(series.code, colours.accent)
    if series.code == "PL":
        return {"fill": {"none": True}, "border": {"color": colour, "width": 1.25}}
    if series.code == "FC":
        pattern = {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": colours.background}
        return {"pattern": pattern, "border": {"color": colour}}
    return {"fill": {"color": colour}, "border": {"none": True}}


def _axis_minimum(figure: Figure) -> float:
    values = [value for series in figure.series for value in series.values if value is not None]
    return min(0.0, float(min(values, default=Decimal(0))) * 1.1)


def write_method(writer: SheetWriter, report: Report) -> None:
    """Write the notes on the method, when a difference is material, and every parameter of the rules."""
    for column, width in enumerate(_METHOD_WIDTHS):
        writer.worksheet.set_column(column, column, width)
    writer.notes(_METHOD_WIDTHS)
    writer.row += 1
    styles = writer.styles
    writer.text(writer.row, 0, writer.word(writer.words.parameter), styles.header())
    writer.text(writer.row, 1, writer.word(writer.words.value), styles.header())
    writer.row += 1
    parameters: Any = writer.view.names["parameters"]
    settings = [(str(parameter["label"]), str(parameter["value"])) for parameter in parameters]
    for label, value in [*_thresholds(writer, report), *settings]:
        writer.text(writer.row, 0, label, styles.cell("leaf", text_wrap=True))
        writer.text(writer.row, 1, value, styles.cell("leaf", text_wrap=True))
        lines = max(
            writer.lines(text, width, _SIZE) for text, width in zip((label, value), _METHOD_WIDTHS, strict=True)
        )
        writer.worksheet.set_row(writer.row, _LINE_HEIGHT * lines)
        writer.row += 1


def _thresholds(writer: SheetWriter, report: Report) -> Iterator[tuple[str, str]]:
    """Yield for each comparison from when on it calls a difference material, if the report has a word for it."""
    words, names = writer.words, writer.view.names
    for sheet in report.sheets:
        if words.threshold is not None and sheet.kind == "comparison":
            limits: Any = names["materiality"][sheet.variance][sheet.span]  # type: ignore[index]
            joint = writer.word(words.both if limits["mode"] == "and" else words.either)
            shown = [str(limits[name]) for name in ("absolute", "percent") if not limits[name].is_empty]
            label = writer.word(words.threshold).replace("{sheet}", writer.word(sheet.sheet))
            yield label, f" {joint} ".join(shown) or EN_DASH
