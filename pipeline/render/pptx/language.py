"""The language of a deck's texts, for spelling and for readers' voices."""

from __future__ import annotations

from lxml import etree

from pipeline.render.office.names import Element, name
from pipeline.render.office.theme import locale_of

A_R, A_FLD, A_BR, A_RPR, A_END = name("a:r"), name("a:fld"), name("a:br"), name("a:rPr"), name("a:endParaRPr")
_EAST_ASIAN = ("ja", "zh", "ko")


def set_language(root: Element, language: str) -> None:
    """Write the language into every run of a part."""
    locale = locale_of(language)
    for node in root.iter(A_R, A_FLD, A_END):
        properties = node if node.tag == A_END else node.find(A_RPR)
        if properties is None:
            properties = etree.Element(A_RPR)
            node.insert(0, properties)
        properties.set("lang", locale)
        if language in _EAST_ASIAN:
            properties.set("altLang", locale_of("en"))
        elif "altLang" in properties.attrib:
            del properties.attrib["altLang"]
