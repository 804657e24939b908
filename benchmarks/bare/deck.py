"""The deck with bare python-pptx: the same template's layouts, every shape made by hand.

Left out, because the library has no call for it: groups, scenario notation and labels in charts, alternative text.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_THEME_COLOR_INDEX
from pptx.enum.shapes import MSO_AUTO_SHAPE_TYPE, MSO_CONNECTOR
from pptx.enum.text import PP_PARAGRAPH_ALIGNMENT
from pptx.util import Pt


def make_deck(template: bytes, content: Mapping[str, Any]) -> bytes:
    """Return the deck; `content` is that of `benchmarks.content.deck`."""
    presentation = Presentation(io.BytesIO(template))
    _drop_slides(presentation)
    layouts = {layout.name: layout for layout in presentation.slide_layouts}
    for slide in content["slides"]:
        _add_slide(presentation, layouts[slide["layout"]], slide)
    output = io.BytesIO()
    presentation.save(output)
    return output.getvalue()


def _drop_slides(presentation: Any) -> None:
    slides = presentation.slides._sldIdLst  # noqa: SLF001 - python-pptx has no call that removes a slide
    for slide in list(slides):
        presentation.part.drop_rel(slide.rId)
        slides.remove(slide)


def _add_slide(presentation: Any, layout: Any, content: Mapping[str, Any]) -> None:
    slide = presentation.slides.add_slide(layout)
    placeholders = {shape.placeholder_format.idx: shape for shape in slide.placeholders}
    for shape in content["shapes"]:
        if shape["kind"] == "placeholder":
            _write(placeholders.pop(shape["position"]).text_frame, shape["paragraphs"])
        else:
            _add_shape(slide.shapes, shape)
    for unused in placeholders.values():
        unused.element.getparent().remove(unused.element)
    if content["notes"]:
        slide.notes_slide.notes_text_frame.text = content["notes"]


def _add_shape(shapes: Any, content: Mapping[str, Any]) -> None:
    frame = content["frame"]
    match content["kind"]:
        case "chart":
            _add_chart(shapes, frame, content["chart"])
        case "table":
            _add_table(shapes, frame, content["table"])
        case "picture":
            shapes.add_picture(io.BytesIO(base64.b64decode(content["image"])), *frame)
        case "line":
            left, top, width, height = frame
            line = shapes.add_connector(MSO_CONNECTOR.STRAIGHT, left, top, left + width, top + height)
            _colour(line.line.color, content["line"])
        case "shape":
            shape = shapes.add_shape(MSO_AUTO_SHAPE_TYPE[content["form"]], *frame)
            _fill(shape.fill, content["fill"])
            _colour(shape.line.color, content["line"])
            _write(shape.text_frame, content["paragraphs"])
        case _:
            box = shapes.add_textbox(*frame)
            _fill(box.fill, content["fill"])
            _write(box.text_frame, content["paragraphs"])


def _add_chart(shapes: Any, frame: Sequence[int], content: Mapping[str, Any]) -> None:
    data = CategoryChartData()
    data.categories = content["categories"]
    for series in content["series"]:
        data.add_series(series["name"], series["values"])
    shapes.add_chart(XL_CHART_TYPE[content["kind"]], *frame, data)


def _add_table(shapes: Any, frame: Sequence[int], content: Mapping[str, Any]) -> None:
    rows = content["rows"]
    table = shapes.add_table(len(rows), len(content["widths"]), *frame).table
    for column, width in zip(table.columns, content["widths"], strict=True):
        column.width = width
    for row, height, cells in zip(table.rows, content["heights"], rows, strict=True):
        row.height = height
        for cell, filled in zip(row.cells, cells, strict=True):
            _fill(cell.fill, filled["fill"])
            _write(cell.text_frame, filled["paragraphs"])


def _write(frame: Any, paragraphs: Sequence[Mapping[str, Any]]) -> None:
    frame.word_wrap = True
    for position, content in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        if content["align"] is not None:
            paragraph.alignment = PP_PARAGRAPH_ALIGNMENT[content["align"]]
        for run in content["runs"]:
            _write_run(paragraph, run)


def _write_run(paragraph: Any, content: Mapping[str, Any]) -> None:
    if content["text"] == "\v":
        paragraph.add_line_break()
        return
    run = paragraph.add_run()
    run.text = content["text"]
    if content.get("size"):
        run.font.size = Pt(content["size"])
    if content.get("bold") is not None:
        run.font.bold = content["bold"]
    if content.get("colour"):
        _colour(run.font.color, content["colour"])


def _fill(fill: Any, colour: Mapping[str, Any] | None) -> None:
    if colour is not None:
        fill.solid()
        _colour(fill.fore_color, colour)


def _colour(target: Any, colour: Mapping[str, Any] | None) -> None:
    if colour is None:
        return
    if "theme" in colour:
        target.theme_color = MSO_THEME_COLOR_INDEX[colour["theme"]]
    else:
        target.rgb = RGBColor.from_string(colour["rgb"])
