"""Faces and the width of texts, as HarfBuzz sets them.

A family that is not installed is measured by a metric-compatible one (brand.fonts.substitutes, then the pairs below),
found through fontconfig. Glyphs that a face lacks are measured in the East Asian family, then in a general one.
Faces and word widths are kept for the life of the process; they hold nothing but fonts and words' widths.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from shutil import which

import uharfbuzz as hb

from pipeline.errors import RenderError

METRIC_COMPATIBLE = {
    "aptos": "Liberation Sans",
    "aptos display": "Liberation Sans",
    "arial": "Liberation Sans",
    "calibri": "Carlito",
    "calibri light": "Carlito",
    "cambria": "Caladea",
    "courier new": "Liberation Mono",
    "helvetica": "Liberation Sans",
    "helvetica neue": "Liberation Sans",
    "segoe ui": "Liberation Sans",
    "times new roman": "Liberation Serif",
}
_GENERAL = ("Noto Sans CJK JP", "Noto Sans", "Liberation Sans")
_CACHE_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text is set: family as Office names it, size in points, weight and slant."""

    family: str
    size: float
    bold: bool = False
    italic: bool = False


class Face:
    """One font file's face; widths in em."""

    def __init__(self, file: str, index: int, family: str) -> None:
        self.family = family
        face = hb.Face(hb.Blob.from_file_path(file), index)
        self._font = hb.Font(face)
        self._units = int(face.upem)

    def has(self, character: str) -> bool:
        """Return whether the face has a glyph for a character."""
        return self._font.get_nominal_glyph(ord(character)) is not None

    def width(self, text: str) -> float:
        """Return the advance of `text` in em, kerning included."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer)
        return float(sum(position.x_advance for position in buffer.glyph_positions)) / self._units


class Faces:
    """A face and those that stand in for glyphs it lacks; remembers the widths of words."""

    def __init__(self, faces: tuple[Face, ...]) -> None:
        self._faces = faces
        self._widths: dict[str, float] = {}

    def width(self, text: str) -> float:
        """Return the advance of `text` in em, each character in the first face that has it."""
        known = self._widths.get(text)
        if known is None:
            if len(self._widths) > _CACHE_LIMIT:
                self._widths.clear()
            known = self._widths[text] = sum(face.width(piece) for face, piece in self._split(text))
        return known

    def missing(self, text: str) -> str:
        """Return the printable characters of `text` that no face has."""
        return "".join(sorted({one for one in text if one.isprintable() and not any(f.has(one) for f in self._faces)}))

    def _split(self, text: str) -> list[tuple[Face, str]]:
        pieces: list[tuple[Face, str]] = []
        for character in text:
            face = next((face for face in self._faces if face.has(character)), self._faces[0])
            if pieces and pieces[-1][0] is face:
                pieces[-1] = (face, pieces[-1][1] + character)
            else:
                pieces.append((face, character))
        return pieces


@lru_cache(maxsize=256)
def find_faces(families: tuple[str, ...], *, bold: bool = False, italic: bool = False) -> Faces:
    """Return the faces of several families, the first one leading."""
    return Faces(tuple(find_face(family, bold=bold, italic=italic) for family in families))


@lru_cache(maxsize=256)
def find_face(family: str, *, bold: bool = False, italic: bool = False) -> Face:
    """Return the installed face nearest to a family, weight and slant, as fontconfig judges.

    Raises:
        RenderError: fontconfig or fonts are not installed.
    """
    file, index, found = _match(family, bold=bold, italic=italic)
    return _open(file, index, found)


@lru_cache(maxsize=256)
def _open(file: str, index: int, family: str) -> Face:
    return Face(file, index, family)


def _match(family: str, *, bold: bool, italic: bool) -> tuple[str, int, str]:
    program = which("fc-match")
    if program is None:
        raise RenderError("fc-match was not found, so no text can be measured: install fontconfig.")
    pattern = family.replace("-", r"\-").replace(":", r"\:") + (":bold" if bold else "") + (":italic" if italic else "")
    command = [program, "-f", "%{file}\t%{index}\t%{family}", pattern]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - pattern is one argument
    parts = result.stdout.split("\t")
    if len(parts) != 3 or not parts[0]:
        raise RenderError("fontconfig knows no font at all: install Carlito, Liberation and Noto CJK.")
    return parts[0], int(parts[1]) & 0xFFFF, parts[2].split(",")[0]


def is_installed(family: str) -> bool:
    """Return whether fontconfig has this very family."""
    return find_face(family).family.casefold() == family.casefold()


@dataclass(frozen=True)
class Ruler:
    """Measures texts of one document: the brand's substitutes by family, and its East Asian family."""

    substitutes: Mapping[str, str] = field(default_factory=dict)
    east_asian: str = _GENERAL[0]
    _chains: dict[tuple[str, bool, bool], Faces] = field(default_factory=dict, repr=False)

    def width(self, text: str, style: Style) -> float:
        """Return the width of a text in points, kerning included."""
        return self._faces(style).width(text) * style.size

    def missing(self, text: str, style: Style) -> str:
        """Return the characters of `text` that would show as boxes."""
        return self._faces(style).missing(text)

    def substitute(self, family: str) -> str:
        """Return the family a text in `family` is measured by."""
        return self.substitutes.get(family) or METRIC_COMPATIBLE.get(family.casefold()) or family

    def _faces(self, style: Style) -> Faces:
        key = (style.family, style.bold, style.italic)
        if key not in self._chains:
            families = (self.substitute(style.family), self.substitute(self.east_asian), *_GENERAL)
            self._chains[key] = find_faces(families, bold=style.bold, italic=style.italic)
        return self._chains[key]
