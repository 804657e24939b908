"""Breaking texts into lines as Office does.

Lines break at spaces, after hyphens, and between East Asian characters (kinsoku: no closing mark begins a line, no
opening one ends it; JIS X 4051); a word wider than the box breaks anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.render.fonts import Ruler, Style

RESERVE = 0.99
"""Share of the width that is used: the reader's program may set a line one per cent wider."""

_EAST_ASIAN = r"\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6"
_NO_BEGIN = "、。，．・：；？！ー）］｝〕〉》」』】〙〗〟’”％ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々"
_NO_END = "（［｛〔〈《「『【〘〖〝‘“￥＄"
_UNIT = re.compile(
    rf"[{_NO_END}]*[{_EAST_ASIAN}][{_NO_BEGIN}]*[ \t]*"  # one East Asian character with its marks
    rf"|[^\s\-{_EAST_ASIAN}]*-+[ \t]*"  # up to a hyphen
    rf"|[^\s\-{_EAST_ASIAN}]+[ \t]*"  # a word and the spaces after it
    r"|[ \t]+|\S"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A text set in one style; a line feed breaks the line."""

    text: str
    style: Style


@dataclass(slots=True)
class _Line:
    width: float = 0.0
    size: float = 0.0


def break_lines(pieces: Iterable[Piece], width: float, ruler: Ruler, first_indent: float = 0.0) -> list[float]:
    """Return the largest size (points) of each line that `pieces` fill in `width` points."""
    available = width * RESERVE
    lines = [_Line(first_indent)]
    for unit in _units(pieces):
        if unit.text == "\n":
            lines[-1].size = lines[-1].size or unit.style.size
            lines.append(_Line())
            continue
        _place(unit, lines, available, ruler)
        lines[-1].size = max(lines[-1].size, unit.style.size)
    return [line.size for line in lines]


def splits_a_word(pieces: Iterable[Piece], width: float, ruler: Ruler) -> bool:
    """Return whether a word is wider than a line of `width` points, so that it breaks anywhere."""
    available = width * RESERVE
    return any(ruler.width(unit.text.rstrip(), unit.style) > available for unit in _units(pieces))


def _units(pieces: Iterable[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        for number, line in enumerate(piece.text.split("\n")):
            if number:
                yield Piece("\n", piece.style)
            for match in _UNIT.finditer(line):
                yield Piece(match.group(), piece.style)


def _place(unit: Piece, lines: list[_Line], available: float, ruler: Ruler) -> None:
    line = lines[-1]
    visible = ruler.width(unit.text.rstrip(), unit.style)
    if line.width and line.width + visible > available:
        line = _Line(size=0.0)
        lines.append(line)
    if visible > available:
        _break_anywhere(unit, lines, available, ruler)
        return
    line.width += ruler.width(unit.text, unit.style)


def _break_anywhere(unit: Piece, lines: list[_Line], available: float, ruler: Ruler) -> None:
    for character in unit.text:
        advance = ruler.width(character, unit.style)
        if lines[-1].width and lines[-1].width + advance > available:
            lines.append(_Line())
        lines[-1].width += advance
        lines[-1].size = unit.style.size
