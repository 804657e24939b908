"""Repeating and dropping slides as their notes say, and copying slides with all they own."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.render.office.package import Part
from pipeline.render.pptx.copies import is_shared
from pipeline.render.pptx.expressions import TagError
from pipeline.render.pptx.filling import Filling, Names, SlideDraft
from pipeline.render.pptx.template import SlideTemplate


def expand_slides(filling: Filling) -> list[SlideDraft]:
    """Return a draft for each slide that the deck will have before tables continue, in order."""
    originals = _parts_by_number(filling)
    drafts = []
    for slide in filling.template.slides:
        try:
            for names in _instances(slide, filling):
                part = filling.package.clone(originals[slide.number], is_shared)
                drafts.append(SlideDraft(part, slide, names))
        except TagError as error:
            filling.fault(f"{slide.place}, notes", error)
    return drafts


def _parts_by_number(filling: Filling) -> dict[int, Part]:
    """Return the copied package's slides by their number in the template."""
    by_name = {part.name: part for part in filling.package.main().related("slide")}
    return {slide.number: by_name[slide.part.name] for slide in filling.template.slides}


def _instances(slide: SlideTemplate, filling: Filling) -> Iterator[Names]:
    """Yield the loop variables of each copy of a slide; none when its condition does not hold."""
    items = [None] if slide.loop is None else slide.loop.items(filling.context({}))
    for item in items:
        names = {} if slide.loop is None else {slide.loop.variable: item}
        if slide.condition is None or slide.condition.holds(filling.context(names)):
            yield names
