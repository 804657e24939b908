"""Small decks for tests: templates made with python-pptx, views and figures made by hand."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm, Pt

from pipeline.definitions.brand import Brand
from pipeline.formats import Formatter
from pipeline.model import Audience, Figure, PlanView, Series
from pipeline.render.pptx import compile_deck, render
from pipeline.render.rendered import Rendered
from pipeline.wording import Value, ViewRow

BRAND = Brand.model_validate({
    "brand": "plain", "name": "Plain Works",
    "colours": {
        "text": "#1F2A33", "background": "#FFFFFF", "muted": "#5B6770", "rule": "#D5DADD", "surface": "#F4F6F6",
        "accent": "#1E4471", "accent_dark": "#132D4C", "on_accent": "#FFFFFF", "favourable": "#0B7468",
        "adverse": "#BC4A16", "caution": "#8A6100",
        "theme": ["#1E4471", "#5B6770", "#5C8FC2", "#B98B2E", "#BC4A16", "#8FA3AD"],
        "scenarios": {"AC": "#2B3A42", "PY": "#9AA8B0", "PL": "#2B3A42", "FC": "#2B3A42"},
        "states": {"2": "#0B7468", "-2": "#BC4A16", "owned": "#1E4471", "red": "#BC4A16"},
    },
    "fonts": {"heading": "Calibri", "body": "Calibri", "east_asian": "Yu Gothic",
              "substitutes": {"Calibri": "Carlito", "Yu Gothic": "Noto Sans CJK JP"}},
    "footer": "Plain Works", "confidentiality": {"internal": "INTERNAL", "customer": "Confidential"},
})  # fmt: skip


@dataclass
class Deck:
    """A template in the making, slide by slide."""

    presentation: Any = field(default_factory=Presentation)
    slide: Any = None

    def add_slide(self, layout: int = 6) -> "Deck":
        self.slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[layout])
        return self

    def text(self, text: str, alt: str = "", name: str = "", place: tuple[float, ...] = (1, 1, 20, 2)) -> Any:
        shape = self.slide.shapes.add_textbox(*(Cm(value) for value in place))
        shape.text_frame.text = text
        shape.text_frame.word_wrap = True
        return describe(shape, alt, name)

    def table(
        self, rows: list[list[str]], alt: str = "", name: str = "", place: tuple[float, ...] = (1, 4, 23, 2)
    ) -> Any:
        frame = self.slide.shapes.add_table(len(rows), len(rows[0]), *(Cm(value) for value in place))
        for line, cells in zip(frame.table.rows, rows, strict=True):
            for cell, text in zip(line.cells, cells, strict=True):
                cell.text = text
                for paragraph in cell.text_frame.paragraphs:
                    for run in paragraph.runs:
                        run.font.size = Pt(12)
        return describe(frame, alt, name)

    def chart(
        self,
        series: Mapping[str, list[float]],
        alt: str = "",
        name: str = "",
        kind: Any = XL_CHART_TYPE.COLUMN_CLUSTERED,
    ) -> Any:
        data = CategoryChartData()
        data.categories = [f"sample {number}" for number in range(len(next(iter(series.values()))))]
        for title, values in series.items():
            data.add_series(title, values)
        frame = self.slide.shapes.add_chart(kind, Cm(1), Cm(4), Cm(20), Cm(10), data)
        return describe(frame, alt, name)

    def notes(self, text: str) -> "Deck":
        self.slide.notes_slide.notes_text_frame.text = text
        return self

    def content(self) -> bytes:
        target = io.BytesIO()
        self.presentation.save(target)
        return target.getvalue()

    def rendered(
        self, figures: Mapping[str, Figure] | None = None, language: str = "en", /, **names: object
    ) -> Rendered:
        known = figures or {}
        return render_deck(self.content(), lambda figure, _: known[figure], language, names)


def describe(shape: Any, alt: str, name: str) -> Any:
    if name:
        shape.name = name
    if alt:
        shape._element[0][0].set("descr", alt)
    return shape


def render_deck(
    content: bytes, figures: Callable[[str, Mapping[str, object]], Figure], language: str, names: Mapping[str, object]
) -> Rendered:
    view = PlanView(Audience.INTERNAL, language, "EUR", {"as_of": value(date(2026, 10, 31), "date"), **names})
    return render(compile_deck("deck.pptx", content), view, figures, BRAND, {})


def value(content: object, kind: str = "text", language: str = "en") -> Value:
    return Value(content, kind, Formatter(language, "EUR"))


def rows(*records: Mapping[str, object], language: str = "en") -> tuple[ViewRow, ...]:
    """Return view rows; numbers are money, dates dates, the rest text."""
    return tuple(ViewRow({key: value(item, _kind(item), language) for key, item in one.items()}) for one in records)


def _kind(content: object) -> str:
    return "money" if isinstance(content, Decimal) else "date" if isinstance(content, date) else "text"


def columns_figure(**series: list[float | None]) -> Figure:
    """Return a figure of columns; series by code, their names in words."""
    names = {"AC": "Actual", "PL": "Plan", "PY": "Previous year"}
    count = len(next(iter(series.values())))
    return Figure(
        "revenue", "columns_vs_reference", "Revenue", "Revenue by month.", "money", "EUR k",
        tuple(f"M{number + 1}" for number in range(count)),
        tuple(
            Series(
                code, names.get(code, code),
                tuple(None if one is None else Decimal(str(one)) for one in values),
                tuple("" if one is None else f"{one:g} k" for one in values),
            )
            for code, values in series.items()
        ),
    )  # fmt: skip


def opened(document: Rendered) -> Any:
    return Presentation(io.BytesIO(document.content))


def texts(slide: Any) -> list[str]:
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def cells(frame: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in frame.table.rows]


def save(document: Rendered, file: Path) -> Path:
    file.write_bytes(document.content)
    return file
