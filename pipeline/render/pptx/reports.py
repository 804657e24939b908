"""Findings of a deck: texts and rows that do not fit, each with the cell of the workbook that it came from."""

from __future__ import annotations

from pipeline.model import Finding, Severity, Text
from pipeline.render.pptx.filling import FilledShape, Filling, SlideDraft, TableOnSlide
from pipeline.render.pptx.template import ShapeTemplate
from pipeline.sentences import sentence
from pipeline.wording import Value, source_of

_CODE, _CROWDED = "text-does-not-fit", "deck-too-crowded"


def text_too_long(filling: Filling, draft: SlideDraft, filled: FilledShape, share: float) -> Finding:
    """Return the finding for a text of which only a share has room."""
    return _finding(filling, draft, filled.template.name, filled.printed, share)


def row_too_high(filling: Filling, draft: SlideDraft, table: TableOnSlide) -> Finding:
    """Return the finding for a table row that is higher than its slide."""
    return _finding(filling, draft, table.template.name, table.printed, 0.5)


def no_room_for(filling: Filling, draft: SlideDraft, template: ShapeTemplate, count: int) -> Finding:
    """Return the finding for more tiles, nodes or cells than a slide has room for."""
    message = sentence(_CROWDED, count=count, document=_title(filling), slide=draft.source.number, shape=template.name)
    return Finding(_CROWDED, Severity.WARNING, message)


def _finding(filling: Filling, draft: SlideDraft, shape: str, printed: list[Value], share: float) -> Finding:
    longest = max(printed, key=lambda value: len(str(value)), default=None)
    length = len(str(longest)) if longest is not None else 0
    cell = source_of(longest) if longest is not None else None
    message: Text = sentence(
        _CODE, length=length, room=int(length * share), document=_title(filling), slide=draft.source.number, shape=shape
    )
    return Finding(_CODE, Severity.WARNING, message, cell=cell, sheet=cell.sheet if cell else None)


def _title(filling: Filling) -> str:
    return filling.template.name.rpartition("/")[2]
