"""Fitting every filled text of a deck into its box."""

from __future__ import annotations

from pipeline.render.office.names import Element, name
from pipeline.render.pptx.filling import FilledShape, Filling, SlideDraft
from pipeline.render.pptx.fit import (
    SMALLEST_BODY,
    Fit,
    TextBox,
    best_scale,
    switch_off_autofit,
    write_sizes,
)
from pipeline.render.pptx.geometry import Box, box_of, box_of_transform, set_height, slide_size
from pipeline.render.pptx.measuring import TextMeasure
from pipeline.render.pptx.reports import text_too_long
from pipeline.render.pptx.shape_names import P_GROUP, P_TXBODY, is_title, shapes_in
from pipeline.render.pptx.template import ShapeTemplate
from pipeline.render.pptx.text_styles import A_BODYPR, EMU_PER_POINT, StyleSheet

P_GROUP_PROPERTIES, A_XFRM = name("p:grpSpPr"), name("a:xfrm")


def fit_texts(filling: Filling, draft: SlideDraft, sheet: StyleSheet) -> None:
    """Size every filled text of a slide, and its title when it continues."""
    known = {id(filled.element) for filled in draft.texts}
    for filled in draft.texts:
        if filled.element.getparent() is not None:
            _fit(filling, draft, filled, sheet)
    if draft.page_of[1] > 1:
        for shape in shapes_in(draft.tree):
            if is_title(shape) and id(shape) not in known:
                _fit(filling, draft, FilledShape(shape, ShapeTemplate(draft.source.place, "title"), []), sheet)


def _fit(filling: Filling, draft: SlideDraft, filled: FilledShape, sheet: StyleSheet) -> None:
    shape = filled.element
    body, box = shape.find(P_TXBODY), _box_on_slide(shape, draft, sheet)
    if body is None or box is None:
        return
    inheritance = sheet.of_shape(draft.part, shape)
    measure = TextMeasure.of(body, inheritance, sheet, filling.ruler)
    room = TextBox.of(shape, box.width, box.height, inheritance)
    autofit = inheritance.autofit()
    fit = filled.template.fit or (_shrinking(measure) if autofit == "normAutofit" else None)
    if fit is None and autofit == "spAutoFit":
        height = _grow(shape, box, room, measure)
        if box.top + height > slide_size(filling.package.main())[1] and shape.getparent() is draft.tree:
            filling.findings.append(text_too_long(filling, draft, filled, room.share(measure, 1.0)))
        return
    scale, fits = best_scale(measure, room, fit) if fit else (1.0, False)
    if fit is not None and scale != 1.0:
        write_sizes(body, inheritance, sheet, scale)
    properties = body.find(A_BODYPR)
    if properties is not None:
        switch_off_autofit(properties)
    if not fits and not room.shows(measure, scale):
        filling.findings.append(text_too_long(filling, draft, filled, room.share(measure, scale)))


def _shrinking(measure: TextMeasure) -> Fit:
    return Fit(min(SMALLEST_BODY, measure.main_size), measure.main_size)


def _grow(shape: Element, box: Box, room: TextBox, measure: TextMeasure) -> int:
    """Give a box that grows with its text the height that PowerPoint would give it; return it in EMU."""
    missing = measure.height(room.width) - room.height * room.columns
    height = max(box.height + round(missing * EMU_PER_POINT), 0)
    set_height(shape, height)
    return height


def _box_on_slide(shape: Element, draft: SlideDraft, sheet: StyleSheet) -> Box | None:
    """Return a shape's rectangle with its size as drawn on the slide, scaled by the groups around it."""
    box = box_of(shape, draft.part, sheet)
    parent = shape.getparent()
    while box is not None and parent is not None and parent.tag == P_GROUP:
        across, down = _group_scale(parent)
        box = Box(box.left, box.top, round(box.width * across), round(box.height * down))
        parent = parent.getparent()
    return box


def _group_scale(group: Element) -> tuple[float, float]:
    transform = group.find(f"{P_GROUP_PROPERTIES}/{A_XFRM}")
    outer = box_of_transform(transform)
    inner = transform.find(name("a:chExt")) if transform is not None else None
    if outer is None or inner is None:
        return 1.0, 1.0
    width, height = int(inner.get("cx", "0")), int(inner.get("cy", "0"))
    return (outer.width / width if width else 1.0), (outer.height / height if height else 1.0)
