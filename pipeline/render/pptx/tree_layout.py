"""Placing a tree's nodes in an area: managers above their reports, level by level.

Where the reports of one manager all have none themselves and the row would be too wide, they stand below each other,
indented under their manager, as organisation charts do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model import Node
from pipeline.render.pptx.geometry import Box

_SMALLEST, _STEP = 0.4, 0.05
_ACROSS, _DOWN, _STACK_GAP, _INDENT = 0.12, 0.55, 0.18, 0.08
"""Gaps between siblings, levels and stacked nodes, and the indent of a stack, as shares of a node's size."""


@dataclass(frozen=True, slots=True)
class Link:
    """A line from a manager to a report; `is_stacked` when it runs down and then in from the side."""

    parent: str
    child: str
    is_stacked: bool


@dataclass(frozen=True)
class TreeLayout:
    """Rectangles by node key, links, and the factor by which the sample's size had to be changed."""

    boxes: dict[str, Box]
    links: tuple[Link, ...]
    scale: float


@dataclass
class _Branch:
    node: Node
    children: list[_Branch]


def lay_out_tree(nodes: Sequence[Node], area: Box, sample: Box) -> TreeLayout | None:
    """Return where the nodes stand, as near to the sample's size as `area` allows; None when there is no room."""
    roots = _branches(nodes)
    best: TreeLayout | None = None
    for stacks in (False, True):
        found = _largest(roots, area, sample, stacks=stacks)
        if found is not None and (best is None or found.scale > best.scale):
            best = found
        if best is not None and best.scale >= 1.0:
            break
    return best


def _largest(roots: list[_Branch], area: Box, sample: Box, *, stacks: bool) -> TreeLayout | None:
    scale = 1.0
    while scale >= _SMALLEST:
        placing = _Placing(sample.width * scale, sample.height * scale, stacks=stacks)
        width, height = placing.size(roots)
        if width <= area.width and height <= area.height:
            return placing.place(roots, area, width, height, scale)
        scale -= _STEP
    return None


def _branches(nodes: Sequence[Node]) -> list[_Branch]:
    """Return the roots with their branches; who reports to nobody known, or in a circle, stands on top."""
    branches = {node.key: _Branch(node, []) for node in nodes}
    roots: list[_Branch] = []
    for node in nodes:
        if node.parent in branches and not _leads_to(node.parent, node.key, nodes):
            branches[node.parent].children.append(branches[node.key])
        else:
            roots.append(branches[node.key])
    return roots


def _leads_to(start: str, wanted: str, nodes: Sequence[Node]) -> bool:
    parents = {node.key: node.parent for node in nodes}
    seen: set[str] = set()
    reached: str | None = start
    while reached is not None and reached not in seen:
        if reached == wanted:
            return True
        seen.add(reached)
        reached = parents.get(reached)
    return False


class _Placing:
    """Sizes and places branches for one size of nodes."""

    def __init__(self, width: float, height: float, *, stacks: bool) -> None:
        self._width, self._height, self._stacks = width, height, stacks
        self._across, self._down = width * _ACROSS, height * _DOWN
        self._boxes: dict[str, Box] = {}
        self._links: list[Link] = []

    def size(self, roots: list[_Branch]) -> tuple[float, float]:
        """Return width and height of all branches side by side."""
        width = sum(self._branch_width(root) for root in roots) + self._across * (len(roots) - 1)
        return width, max((self._branch_height(root) for root in roots), default=0.0)

    def place(self, roots: list[_Branch], area: Box, width: float, height: float, scale: float) -> TreeLayout:
        """Return the layout, centred across the area, with what room is left between the levels."""
        levels = max((_depth(root) for root in roots), default=1)
        if levels > 1 and not any(self._is_stack(branch) for root in roots for branch in _all(root)):
            self._down += min((area.height - height) / (levels - 1), self._height)
        left = area.left + (area.width - width) / 2
        for root in roots:
            self._put(root, left, area.top)
            left += self._branch_width(root) + self._across
        return TreeLayout(self._boxes, tuple(self._links), scale)

    def _is_stack(self, branch: _Branch) -> bool:
        return self._stacks and len(branch.children) > 1 and not any(child.children for child in branch.children)

    def _branch_width(self, branch: _Branch) -> float:
        if self._is_stack(branch):
            return self._width * (1.5 + _INDENT)
        below = sum(self._branch_width(child) for child in branch.children)
        return max(self._width, below + self._across * max(len(branch.children) - 1, 0))

    def _branch_height(self, branch: _Branch) -> float:
        if not branch.children:
            return self._height
        if self._is_stack(branch):
            return self._height + len(branch.children) * self._height * (1 + _STACK_GAP) + self._height * _STACK_GAP
        return self._height + self._down + max(self._branch_height(child) for child in branch.children)

    def _put(self, branch: _Branch, left: float, top: float) -> None:
        width = self._branch_width(branch)
        own = left if self._is_stack(branch) else left + (width - self._width) / 2
        self._boxes[branch.node.key] = Box(round(own), round(top), round(self._width), round(self._height))
        if self._is_stack(branch):
            self._put_stack(branch, own, top)
            return
        below = sum(self._branch_width(child) for child in branch.children)
        start = left + (width - below - self._across * max(len(branch.children) - 1, 0)) / 2
        for child in branch.children:
            self._put(child, start, top + self._height + self._down)
            self._links.append(Link(branch.node.key, child.node.key, is_stacked=False))
            start += self._branch_width(child) + self._across

    def _put_stack(self, branch: _Branch, left: float, top: float) -> None:
        inner = left + self._width * (0.5 + _INDENT)
        for number, child in enumerate(branch.children):
            offset = self._height * (1 + _STACK_GAP) * (number + 1) + self._height * _STACK_GAP
            self._put(child, inner, top + offset)
            self._links.append(Link(branch.node.key, child.node.key, is_stacked=True))


def _all(branch: _Branch) -> list[_Branch]:
    return [branch, *(inner for child in branch.children for inner in _all(child))]


def _depth(branch: _Branch) -> int:
    return 1 + max((_depth(child) for child in branch.children), default=0)
