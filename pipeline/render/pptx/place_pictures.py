"""Putting a picture into a designer's picture or placeholder."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipeline.render.office.names import NAMESPACES, Element, name
from pipeline.render.pptx.copies import drop_shape
from pipeline.render.pptx.filling import Filling, Names, SlideDraft
from pipeline.render.pptx.geometry import Box, box_of
from pipeline.render.pptx.pictures import (
    Picture,
    blip_fill,
    brand_pictures,
    cut_edges,
    find_picture,
    fitted,
    split_mode,
)
from pipeline.render.pptx.shape_names import P_PIC, placeholder_of
from pipeline.render.pptx.template import ShapeTemplate
from pipeline.render.pptx.text_styles import StyleSheet
from pipeline.wording import raw


def place_picture(
    filling: Filling, draft: SlideDraft, shape: Element, template: ShapeTemplate, names: Names
) -> Element | None:
    """Put a picture into its frame; return the shape that shows it, None when there is no picture to show."""
    expression = template.picture
    if expression is None:
        return shape
    file = raw(expression(filling.context({**brand_pictures(filling.brand), **names})))
    if not file:
        drop_shape(shape, draft)
        return None
    picture = find_picture(str(file), filling.files)
    if picture is None:
        filling.problem(
            template.place, f"`picture: {expression.source}`: there is no picture `{file}` (with a PNG if SVG)."
        )
        return None
    box = box_of(shape, draft.part, StyleSheet(filling.package.main(), filling.brand))
    if box is None:
        filling.problem(template.place, "the picture has no frame; move it a little, so that PowerPoint writes one.")
        return None
    _, mode = split_mode(template.binding.get("picture") or "")
    return _placed(filling, draft, shape, picture, box, mode)


def _placed(filling: Filling, draft: SlideDraft, shape: Element, picture: Picture, box: Box, mode: str) -> Element:
    crop = cut_edges(box, picture.size) if mode == "fill" else {}
    fill = blip_fill(filling, draft.part, picture, crop)
    target = shape if shape.tag == P_PIC else _as_picture(shape)
    old = target.find(name("p:blipFill"))
    if old is not None:
        target.replace(old, fill)
    _set_box(target, box if mode == "fill" else fitted(box, picture.size))
    return target


def _as_picture(shape: Element) -> Element:
    """Replace a placeholder shape by a picture that keeps its id, name and place."""
    picture = etree.Element(P_PIC, {}, {key: NAMESPACES[key] for key in ("p", "a", "r")})
    properties = etree.SubElement(picture, name("p:nvPicPr"))
    properties.append(deepcopy(shape[0][0]))
    locks = etree.SubElement(properties, name("p:cNvPicPr"))
    etree.SubElement(locks, name("a:picLocks"), {"noChangeAspect": "1"})
    own = etree.SubElement(properties, name("p:nvPr"))
    placeholder = placeholder_of(shape)
    if placeholder is not None:
        own.append(deepcopy(placeholder))
    etree.SubElement(picture, name("p:blipFill"))
    form = shape.find(name("p:spPr"))
    picture.append(deepcopy(form) if form is not None else etree.Element(name("p:spPr")))
    shape.getparent().replace(shape, picture)  # type: ignore[union-attr]
    return picture


def _set_box(picture: Element, box: Box) -> None:
    form = picture.find(name("p:spPr"))
    if form is None:
        form = etree.SubElement(picture, name("p:spPr"))
    for old in form.findall(name("a:xfrm")):
        form.remove(old)
    transform = etree.Element(name("a:xfrm"))
    etree.SubElement(transform, name("a:off"), {"x": str(box.left), "y": str(box.top)})
    etree.SubElement(transform, name("a:ext"), {"cx": str(box.width), "cy": str(box.height)})
    form.insert(0, transform)
    if form.find(name("a:prstGeom")) is None and form.find(name("a:custGeom")) is None:
        outline = etree.Element(name("a:prstGeom"), {"prst": "rect"})
        etree.SubElement(outline, name("a:avLst"))
        form.insert(1, outline)
