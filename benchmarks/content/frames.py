"""Where a shape lies on its slide, also inside groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Frame:
    """How a group lays its children out: slide = offset + scale × child, in EMU."""

    left: float = 0.0
    top: float = 0.0
    across: float = 1.0
    down: float = 1.0

    def within(self, group: Any) -> Frame:
        """Return the frame of the children of a group that lies in this one."""
        space = group._element.grpSpPr.xfrm  # noqa: SLF001 - python-pptx shows no child space
        across = self.across * (space.ext.cx / space.chExt.cx if space.chExt.cx else 1.0)
        down = self.down * (space.ext.cy / space.chExt.cy if space.chExt.cy else 1.0)
        left = self.left + self.across * space.off.x - across * space.chOff.x
        top = self.top + self.down * space.off.y - down * space.chOff.y
        return Frame(left, top, across, down)

    def place(self, shape: Any) -> list[int]:
        """Return left, top, width and height of a shape on its slide."""
        return [
            round(self.left + self.across * shape.left),
            round(self.top + self.down * shape.top),
            round(self.across * shape.width),
            round(self.down * shape.height),
        ]
