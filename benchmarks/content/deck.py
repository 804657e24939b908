"""A finished .pptx as plain data: every text with its look, every table, every chart, and where they lie."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation
from pptx.enum.dml import MSO_COLOR_TYPE, MSO_FILL
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

from benchmarks.content.charts import chart_content
from benchmarks.content.frames import Frame

_ADDED_WITH_SLIDE = frozenset({
    PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.SUBTITLE, PP_PLACEHOLDER.BODY,
})  # fmt: skip
"""The placeholders that python-pptx adds with a slide; footers and numbers it leaves out."""


def deck_content(content: bytes) -> dict[str, Any]:
    """Return the slides: name of the layout, shapes from back to front (those in groups one by one), speaker notes."""
    presentation = Presentation(io.BytesIO(content))
    return {"slides": [_slide(slide) for slide in presentation.slides]}


def _slide(slide: Any) -> dict[str, Any]:
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return {
        "layout": slide.slide_layout.name,
        "shapes": list(_shapes(slide.shapes, Frame())),
        "notes": notes.text if notes is not None else "",
    }


def _shapes(shapes: Iterable[Any], frame: Frame) -> Iterator[dict[str, Any]]:
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from _shapes(shape.shapes, frame.within(shape))
        else:
            yield {**_shape(shape), "frame": frame.place(shape)}


def _shape(shape: Any) -> dict[str, Any]:
    if shape.is_placeholder and shape.placeholder_format.type in _ADDED_WITH_SLIDE:
        return {"kind": "placeholder", "position": shape.placeholder_format.idx, **_text(shape.text_frame)}
    if getattr(shape, "has_chart", False):
        return {"kind": "chart", "chart": chart_content(shape.chart)}
    if getattr(shape, "has_table", False):
        return {"kind": "table", "table": _table(shape.table)}
    if shape.shape_type == MSO_SHAPE_TYPE.LINE:
        return {"kind": "line", "line": _line(shape)}
    if shape.shape_type == MSO_SHAPE_TYPE.AUTO_SHAPE:
        return {"kind": "shape", "form": shape.auto_shape_type.name, "fill": _fill(shape.fill), "line": _line(shape),
                **_text(shape.text_frame)}  # fmt: skip
    if shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
        return {"kind": "picture", "image": base64.b64encode(shape.image.blob).decode()}
    return {"kind": "text", "fill": _fill(getattr(shape, "fill", None)), **_text(shape.text_frame)}


def _text(frame: Any) -> dict[str, Any]:
    return {"paragraphs": [_paragraph(paragraph) for paragraph in frame.paragraphs]}


def _paragraph(paragraph: Any) -> dict[str, Any]:
    return {"align": paragraph.alignment.name if paragraph.alignment else None, "runs": list(_runs(paragraph))}


def _runs(paragraph: Any) -> Iterator[dict[str, Any]]:
    """Yield the runs; fields count as text, a line break is a run of that character."""
    runs = {run._r: run for run in paragraph.runs}  # noqa: SLF001 - python-pptx lists no breaks and fields
    for element in paragraph._p.content_children:  # noqa: SLF001 - the same
        run = runs.get(element)
        if run is None:
            yield {"text": element.text}
        else:
            size = run.font.size
            yield {"text": run.text, "size": size.pt if size else None, "bold": run.font.bold,
                   "colour": _colour(run.font.color if run.font.fill.type == MSO_FILL.SOLID else None)}  # fmt: skip


def _table(table: Any) -> dict[str, Any]:
    return {
        "widths": [column.width for column in table.columns],
        "heights": [row.height for row in table.rows],
        "rows": [[_cell(cell) for cell in row.cells] for row in table.rows],
    }


def _cell(cell: Any) -> dict[str, Any]:
    return {"fill": _fill(cell.fill), **_text(cell.text_frame)}


def _fill(fill: Any) -> dict[str, Any] | None:
    return _colour(fill.fore_color) if fill is not None and fill.type == MSO_FILL.SOLID else None


def _line(shape: Any) -> dict[str, Any] | None:
    line = shape.line
    return _colour(line.color) if line.fill.type == MSO_FILL.SOLID else None


def _colour(colour: Any) -> dict[str, Any] | None:
    if colour is None or colour.type is None:
        return None
    if colour.type == MSO_COLOR_TYPE.SCHEME:
        return {"theme": colour.theme_color.name}
    return {"rgb": str(colour.rgb)} if colour.type == MSO_COLOR_TYPE.RGB else None
