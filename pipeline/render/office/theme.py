"""A brand's colours and fonts in an Office theme, so that a designer's shapes follow the brand."""

from __future__ import annotations

from lxml import etree

from pipeline.definitions.brand import Brand
from pipeline.render.office.names import Element, name

LOCALES = {"en": "en-GB", "de": "de-DE", "fr": "fr-FR", "ja": "ja-JP"}
"""Language tags that Office knows, by the language of a document."""


def locale_of(language: str) -> str:
    """Return the tag of a language for `lang` attributes."""
    return LOCALES.get(language, language)


def apply_brand(theme: Element, brand: Brand) -> None:
    """Write the brand into a theme part's colour and font schemes."""
    _colours(theme, brand)
    _fonts(theme, brand)


def _colours(theme: Element, brand: Brand) -> None:
    scheme = theme.find(f"{name('a:themeElements')}/{name('a:clrScheme')}")
    if scheme is None:
        return
    colours = brand.colours
    values = {
        "dk1": colours.text, "lt1": colours.background, "dk2": colours.accent_dark, "lt2": colours.surface,
        "hlink": colours.accent, "folHlink": colours.muted,
        **{f"accent{number}": colour for number, colour in enumerate(colours.theme, start=1)},
    }  # fmt: skip
    scheme.set("name", brand.name)
    for key, colour in values.items():
        node = scheme.find(name(f"a:{key}"))
        if node is None:
            continue
        for old in list(node):
            node.remove(old)
        etree.SubElement(node, name("a:srgbClr"), {"val": colour.lstrip("#").upper()})


def _fonts(theme: Element, brand: Brand) -> None:
    scheme = theme.find(f"{name('a:themeElements')}/{name('a:fontScheme')}")
    if scheme is None:
        return
    scheme.set("name", brand.name)
    for key, family in (("a:majorFont", brand.fonts.heading), ("a:minorFont", brand.fonts.body)):
        font = scheme.find(name(key))
        if font is None:
            continue
        for tag, typeface in (("a:latin", family), ("a:ea", brand.fonts.east_asian)):
            node = font.find(name(tag))
            if node is not None:
                node.attrib.clear()
                node.set("typeface", typeface)
        for japanese in font.findall(f"{name('a:font')}[@script='Jpan']"):
            japanese.set("typeface", brand.fonts.east_asian)
