"""How much room a text takes, as PowerPoint sets it: 1.2 em a line for every face, breaks by real font metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.render.fonts import Ruler, Style
from pipeline.render.office.names import Element
from pipeline.render.pptx.text_body import A_BR, A_END, A_FLD, A_P, A_PPR, A_R, A_RPR, A_T
from pipeline.render.pptx.text_styles import Inheritance, Level, StyleSheet
from pipeline.render.text_layout import Piece, break_lines, splits_a_word

LINE = 1.2
"""Height of a line in em, whatever the face (measured in files saved by PowerPoint)."""


@dataclass(frozen=True, slots=True)
class MeasuredParagraph:
    """A paragraph's pieces with the level they are set in; `empty_size` is what an empty line takes."""

    pieces: tuple[Piece, ...]
    level: Level
    empty_size: float


@dataclass(frozen=True)
class TextMeasure:
    """A text body resolved once, measured at any scale."""

    paragraphs: tuple[MeasuredParagraph, ...]
    ruler: Ruler

    @classmethod
    def of(
        cls, body: Element, inheritance: Inheritance, sheet: StyleSheet, ruler: Ruler, *, bold: bool = False
    ) -> TextMeasure:
        """Return the measure of a body; `bold` is what a table style makes of it."""
        paragraphs = tuple(_paragraphs(body, inheritance, sheet, bold=bold))
        return cls(paragraphs, ruler)

    @property
    def main_size(self) -> float:
        """Return the size in points that most characters have."""
        counts: dict[float, int] = {}
        for paragraph in self.paragraphs:
            for piece in paragraph.pieces:
                counts[piece.style.size] = counts.get(piece.style.size, 0) + len(piece.text)
        if counts:
            return max(counts, key=lambda size: (counts[size], -size))
        return self.paragraphs[0].empty_size if self.paragraphs else 0.0

    def height(self, width: float, scale: float = 1.0) -> float:
        """Return the height in points of the text in lines of `width` points, sizes scaled to half points."""
        total = 0.0
        for number, paragraph in enumerate(self.paragraphs):
            total += self._paragraph_height(paragraph, width, scale, is_first=number == 0)
        return total

    def splits_a_word(self, width: float, scale: float = 1.0) -> bool:
        """Return whether a word is too wide for a line of `width` points, sizes scaled to half points."""
        for paragraph in self.paragraphs:
            level = paragraph.level
            pieces = [Piece(piece.text, scaled_style(piece.style, scale)) for piece in paragraph.pieces]
            if splits_a_word(pieces, max(width - level.margin - level.margin_right, 1.0), self.ruler):
                return True
        return False

    def _paragraph_height(self, paragraph: MeasuredParagraph, width: float, scale: float, *, is_first: bool) -> float:
        level = paragraph.level
        pieces = [Piece(piece.text, scaled_style(piece.style, scale)) for piece in paragraph.pieces]
        room = max(width - level.margin - level.margin_right, 1.0)
        sizes = break_lines(pieces, room, self.ruler, max(level.indent, 0.0)) if pieces else []
        lines = [size or half_points(paragraph.empty_size * scale) for size in sizes or [0.0]]
        height = sum(level.line.points or level.line.share * LINE * size for size in lines)
        before = 0.0 if is_first else level.before.of(lines[0])
        return height + before + level.after.of(lines[-1])


def half_points(size: float) -> float:
    """Return a size rounded down to half points, as Office's own size box does."""
    return int(size * 2 + 1e-6) / 2


def scaled_style(style: Style, scale: float) -> Style:
    """Return a style at another size."""
    if scale == 1.0:
        return style
    return Style(style.family, half_points(style.size * scale), style.bold, style.italic)


def _paragraphs(
    body: Element, inheritance: Inheritance, sheet: StyleSheet, *, bold: bool
) -> Iterator[MeasuredParagraph]:
    levels: dict[int, Level] = {}
    for node in body.iterchildren(A_P):
        properties = node.find(A_PPR)
        number = int(properties.get("lvl", "0")) if properties is not None else 0
        if number not in levels:
            levels[number] = _bold(sheet.level(inheritance, number)) if bold else sheet.level(inheritance, number)
        level = sheet.paragraph(levels[number], properties)
        end = sheet.run(level.style, node.find(A_END))
        yield MeasuredParagraph(tuple(_pieces(node, level, sheet)), level, end.size)


def _bold(level: Level) -> Level:
    style = Style(level.style.family, level.style.size, bold=True, italic=level.style.italic)
    return Level(style, level.margin, level.margin_right, level.indent, level.line, level.before, level.after)


def _pieces(paragraph: Element, level: Level, sheet: StyleSheet) -> Iterator[Piece]:
    for child in paragraph:
        if child.tag in (A_R, A_FLD):
            yield Piece(child.findtext(A_T) or "", sheet.run(level.style, child.find(A_RPR)))
        elif child.tag == A_BR:
            yield Piece("\n", sheet.run(level.style, child.find(A_RPR)))
