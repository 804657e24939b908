"""The brand in Office themes: colour scheme and font scheme (ECMA-376 part 1, 20.1.6), so that shapes, charts and
styles that use theme colours and fonts follow `brand.yaml` in every format.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.brand import Brand
from pipeline.render.office.names import Element, element, name
from pipeline.render.office.package import Package

_THEME_TYPE = "application/vnd.openxmlformats-officedocument.theme+xml"


def apply_brand(package: Package, brand: Brand) -> None:
    """Write the brand's colours and fonts into every theme of a package."""
    for part in package.parts():
        if part.content_type == _THEME_TYPE:
            _write_colours(part.root, brand)
            _write_fonts(part.root, brand)


def _write_colours(theme: Element, brand: Brand) -> None:
    for scheme in theme.iter(name("a:clrScheme")):
        for slot, colour in _slots(brand):
            node = scheme.find(name(f"a:{slot}"))
            if node is not None:
                for old in list(node):
                    node.remove(old)
                node.append(element("a:srgbClr", {"val": colour.lstrip("#").upper()}))


def _slots(brand: Brand) -> Iterator[tuple[str, str]]:
    colours = brand.colours
    yield from (
        ("dk1", colours.text),
        ("lt1", colours.background),
        ("dk2", colours.accent_dark),
        ("lt2", colours.surface),
    )
    yield from ((f"accent{number}", colour) for number, colour in enumerate(colours.theme, start=1))
    yield from (("hlink", colours.accent), ("folHlink", colours.muted))


def _write_fonts(theme: Element, brand: Brand) -> None:
    for kind, family in (("majorFont", brand.fonts.heading), ("minorFont", brand.fonts.body)):
        for font in theme.iter(name(f"a:{kind}")):
            for script, typeface in (("latin", family), ("ea", brand.fonts.east_asian)):
                node = font.find(name(f"a:{script}"))
                if node is not None:
                    node.set("typeface", typeface)
