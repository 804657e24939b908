"""Pictures: `picture:` on a picture or placeholder takes a file of the set, the brand or the workspace.

A picture is fitted into its frame, or fills it with its edges cut (`picture: logo fill`). An SVG travels with a PNG,
which older programs show.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree
from PIL import Image

from pipeline.definitions.brand import Brand
from pipeline.render.office.names import NAMESPACES, Element, name
from pipeline.render.office.package import Part
from pipeline.render.pptx.filling import Filling
from pipeline.render.pptx.geometry import Box

CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",
}
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_MODES = ("fit", "fill")
_VIEW_BOX = re.compile(rb'viewBox="\s*[-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)\s*"')
_FULL = 100_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file: its kind, its bytes, its size in pixels or SVG units, and the PNG beside an SVG."""

    kind: str
    content: bytes
    size: tuple[float, float]
    fallback: bytes | None = None


def brand_pictures(brand: Brand) -> dict[str, object]:
    """Return the names that a `picture:` may use for the brand's own files."""
    return {"logo": brand.logo, "logo_dark": brand.logo_dark}


def split_mode(value: str) -> tuple[str, str]:
    """Return the expression and the mode of a `picture:` line, `fit` unless it ends with `fill`."""
    expression, _, last = value.strip().rpartition(" ")
    return (expression, last) if expression and last in _MODES else (value, "fit")


def find_picture(file: str, files: Mapping[str, bytes]) -> Picture | None:
    """Return the picture in a file named relative to the set, the brand or the workspace's pictures, None if none."""
    found = next((key for key in (file, f"brand/{file}", f"pictures/{file}") if key in files), None)
    kind = (found or "").rpartition(".")[2].lower()
    if found is None or kind not in CONTENT_TYPES:
        return None
    if kind != "svg":
        with Image.open(io.BytesIO(files[found])) as image:
            return Picture(kind, files[found], image.size)
    match = _VIEW_BOX.search(files[found])
    fallback = files.get(f"{found.removesuffix('svg')}png")
    if fallback is None:
        return None
    with Image.open(io.BytesIO(fallback)) as image:
        size = (float(match.group(1)), float(match.group(2))) if match else image.size
    return Picture(kind, files[found], size, fallback)


def fitted(box: Box, size: tuple[float, float]) -> Box:
    """Return the largest rectangle of a picture's proportions inside a box, centred."""
    scale = min(box.width / size[0], box.height / size[1])
    width, height = round(size[0] * scale), round(size[1] * scale)
    return Box(box.left + (box.width - width) // 2, box.top + (box.height - height) // 2, width, height)


def cut_edges(box: Box, size: tuple[float, float]) -> dict[str, str]:
    """Return `a:srcRect` attributes that let a picture fill a box with its edges cut, in 1/1000 per cent."""
    scale = max(box.width / size[0], box.height / size[1])
    across = round((1 - box.width / (size[0] * scale)) / 2 * _FULL)
    down = round((1 - box.height / (size[1] * scale)) / 2 * _FULL)
    return {key: str(value) for key, value in (("l", across), ("t", down), ("r", across), ("b", down)) if value}


def blip_fill(filling: Filling, part: Part, picture: Picture, crop: dict[str, str]) -> Element:
    """Return `p:blipFill` for a picture, its files related to the part that shows it."""
    fill = etree.Element(name("p:blipFill"), {}, {key: NAMESPACES[key] for key in ("p", "a", "r")})
    shown = picture.fallback if picture.fallback is not None else picture.content
    kind = "png" if picture.fallback is not None else picture.kind
    blip = etree.SubElement(fill, name("a:blip"), {name("r:embed"): part.relate("image", _media(filling, shown, kind))})
    if picture.fallback is not None:
        extensions = etree.SubElement(blip, name("a:extLst"))
        extension = etree.SubElement(extensions, name("a:ext"), {"uri": _SVG_EXTENSION})
        svg = etree.SubElement(extension, name("asvg:svgBlip"), {}, {"asvg": NAMESPACES["asvg"]})
        svg.set(name("r:embed"), part.relate("image", _media(filling, picture.content, "svg")))
    if crop:
        etree.SubElement(fill, name("a:srcRect"), crop)
    etree.SubElement(etree.SubElement(fill, name("a:stretch")), name("a:fillRect"))
    return fill


def _media(filling: Filling, content: bytes, kind: str) -> Part:
    """Return the part of a picture file, one for all who show it."""
    key = hashlib.sha256(content).hexdigest()
    if key not in filling.media:
        file = filling.package.new_name(f"/ppt/media/image1.{kind}")
        filling.media[key] = Part(file, CONTENT_TYPES[kind], content)
    return filling.media[key]
