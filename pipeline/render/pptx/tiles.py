"""Groups that repeat as tiles: `for:` on a group, laid out in `columns` with a `gap`."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.render.office.names import Element, name
from pipeline.render.pptx.copies import copy_shape, drop_shape
from pipeline.render.pptx.expressions import TagError
from pipeline.render.pptx.filling import Filling, SlideDraft
from pipeline.render.pptx.geometry import A_OFF, Box, box_of_transform, read_length, slide_size, transform_of
from pipeline.render.pptx.reports import no_room_for
from pipeline.render.pptx.template import ShapeTemplate
from pipeline.wording import ViewRow

_DEFAULT_GAP = 108_000


@dataclass(frozen=True)
class _Layout:
    columns: int
    gap: int

    def offset(self, position: int, box: Box) -> tuple[int, int]:
        row, column = divmod(position, self.columns)
        return column * (box.width + self.gap), row * (box.height + self.gap)


def repeat_group(
    filling: Filling, draft: SlideDraft, group: Element, template: ShapeTemplate, items: list[object]
) -> list[Element]:
    """Return a group for each item, placed side by side and row by row; without items the sample goes too."""
    if not items:
        drop_shape(group, draft)
        return []
    box = box_of_transform(transform_of(group))
    if box is None:
        raise TagError(f"for: {template.binding.get('for')}", "the group has no frame; group its shapes again.")
    layout = _layout(filling, template, box)
    copies = [group, *(copy_shape(group, draft, filling.package) for _ in items[1:])]
    for position, copy in enumerate(copies):
        if position:
            copies[position - 1].addnext(copy)
        _move(copy, *layout.offset(position, box))
    height = slide_size(filling.package.main())[1]
    lowest = box.top + layout.offset(len(items) - 1, box)[1] + box.height
    if group.getparent() is draft.tree and lowest > height:
        filling.findings.append(no_room_for(filling, draft, template, len(items)))
    return copies


def loop_names(variable: str, item: object, position: int, count: int) -> dict[str, object]:
    """Return the names of one tile: the loop's variable, and `loop` with index, first, last and length."""
    about = {"index": position + 1, "first": position == 0, "last": position == count - 1, "length": count}
    return {variable: item, "loop": ViewRow(about)}


def _layout(filling: Filling, template: ShapeTemplate, box: Box) -> _Layout:
    gap = template.binding.get("gap")
    space = read_length("gap", gap) if gap else _DEFAULT_GAP
    columns = template.binding.get("columns")
    if columns is None:
        width = slide_size(filling.package.main())[0] - 2 * box.left
        return _Layout(max(1, (width + space) // (box.width + space)), space)
    if not columns.isdigit() or int(columns) == 0:
        raise TagError(f"columns: {columns}", "expected a whole number from 1.")
    return _Layout(int(columns), space)


def _move(group: Element, right: int, down: int) -> None:
    transform = transform_of(group)
    offset = transform.find(A_OFF) if transform is not None else None
    if offset is not None:
        offset.set("x", str(int(offset.get("x", "0")) + right))
        offset.set("y", str(int(offset.get("y", "0")) + down))


def move_to(shape: Element, left: int, top: int, width: int, height: int) -> None:
    """Give a shape a place; a group's inner coordinates stay, so that what is in it scales along."""
    transform = transform_of(shape)
    if transform is None:
        return
    for key, values in (("a:off", {"x": left, "y": top}), ("a:ext", {"cx": width, "cy": height})):
        node = transform.find(name(key))
        if node is not None:
            for attribute, value in values.items():
                node.set(attribute, str(value))
