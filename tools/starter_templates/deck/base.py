"""The empty deck: theme, master and layouts, on which pages are drawn."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

import pptx
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.presentation import Presentation
from pptx.util import Emu

from pipeline.definitions.brand import Brand
from pipeline.render.office.names import NAMESPACES
from tools.starter_templates.deck.grid import (
    BODY,
    BODY_BOTTOM,
    BODY_TOP,
    CONTENT,
    FOOTER_TOP,
    HEIGHT,
    HERO,
    LEAD,
    MARGIN,
    SMALL,
    SUBJECT_TOP,
    TITLE,
    TITLE_TOP,
    WIDTH,
    Box,
    emu,
    points,
)
from tools.starter_templates.deck.ink import line, solid

COVER, PAGE = "Cover", "Page"
FOOTER = (
    "{{ brand.footer }}  ·  {{ brand.confidentiality }}  ·  {{ texts.deck_as_of }} {{ as_of }}"
    "{% if edition %}  ·  {{ texts.deck_edition }} {{ edition }}{% endif %}"
)
_DRAFT = "{% if document.is_draft %}{{ texts.deck_draft }}{% endif %}"
_DECLARED = " ".join(f'xmlns:{key}="{NAMESPACES[key]}"' for key in ("a", "p", "r"))
_KEPT = {0: COVER, 1: PAGE}
"""Layouts of python-pptx's own deck that are redrawn, by position."""


def empty_deck(brand: Brand) -> Presentation:
    """Return a deck without slides in the brand's theme."""
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Emu(emu(WIDTH)), Emu(emu(HEIGHT))
    _drop_extras(deck)
    master = deck.slide_masters[0]
    _write_theme(master, brand)
    _drop_layouts(deck)
    _redraw_master(master)
    for layout, name in zip(master.slide_layouts, _KEPT.values(), strict=True):
        layout._element = layout.part._element = parse_xml(_layout(name))
    return deck


def _drop_extras(deck: Presentation) -> None:
    """Take out the thumbnail and printer settings of python-pptx's own deck."""
    for part in (deck.part.package, deck.part):
        relationships: Any = part._rels
        for key in [
            key for key, item in relationships.items() if re.search(r"thumbnail|printerSettings", item.reltype)
        ]:
            relationships.pop(key)


def _drop_layouts(deck: Presentation) -> None:
    layouts = deck.slide_masters[0].slide_layouts
    kept = [layouts[position] for position in sorted(_KEPT)]
    for layout in list(layouts):
        if layout not in kept:
            layouts.remove(layout)
    listed: Any = layouts._sldLayoutIdLst
    by_position = dict(zip(sorted(_KEPT), list(listed), strict=True))
    for position in _KEPT:
        listed.append(by_position[position])


def _write_theme(master: Any, brand: Brand) -> None:
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    xml = theme.blob.decode("utf-8")
    colours = brand.colours
    slots = {
        "dk1": colours.text, "lt1": colours.background, "dk2": colours.accent_dark, "lt2": colours.surface,
        **{f"accent{number}": value for number, value in enumerate(colours.theme, start=1)},
        "hlink": colours.accent, "folHlink": colours.muted,
    }  # fmt: skip
    scheme = "".join(f'<a:{slot}><a:srgbClr val="{value[1:]}"/></a:{slot}>' for slot, value in slots.items())
    fonts = "".join(
        f'<a:{kind}><a:latin typeface="{escape(family)}"/><a:ea typeface="{escape(brand.fonts.east_asian)}"/>'
        f'<a:cs typeface=""/></a:{kind}>'
        for kind, family in (("majorFont", brand.fonts.heading), ("minorFont", brand.fonts.body))
    )
    xml = re.sub(
        r"<a:clrScheme.*?</a:clrScheme>", f'<a:clrScheme name="Brand">{scheme}</a:clrScheme>', xml, flags=re.DOTALL
    )
    xml = re.sub(
        r"<a:fontScheme.*?</a:fontScheme>", f'<a:fontScheme name="Brand">{fonts}</a:fontScheme>', xml, flags=re.DOTALL
    )
    theme._blob = xml.encode("utf-8")


# Master ---------------------------------------------------------------------------------------------------------------
def _redraw_master(master: Any) -> None:
    listed = master.part._element.find(f"{{{NAMESPACES['p']}}}sldLayoutIdLst")
    shapes = (
        _placeholder(2, "Title", "title", _TITLE, "Title: a sentence computed from the data")
        + _placeholder(3, "Text", "body", _CONTENT, "Text", index=1)
        + _placeholder(
            4, "Date", "dt", Box(MARGIN + CONTENT * 0.72, FOOTER_TOP, CONTENT * 0.15, 0.5), "", index=2, size="half"
        )
        + _placeholder(5, "Footer", "ftr", _FOOTER, FOOTER, index=3, size="quarter")
        + _placeholder(6, "Page number", "sldNum", _NUMBER, "‹#›", index=4, size="quarter", align="r")
    )
    xml = (
        f"<p:sldMaster {_DECLARED}><p:cSld><p:bg><p:bgPr>{solid('background')}<a:effectLst/></p:bgPr></p:bg>"
        f"<p:spTree>{_TREE}{shapes}</p:spTree></p:cSld>"
        '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" '
        'accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
        f"<p:txStyles><p:titleStyle>{_level(1, TITLE, 'text', font='+mj', bold=True)}</p:titleStyle>"
        f"<p:bodyStyle>{''.join(_level(number, LEAD if number == 1 else BODY, 'text') for number in range(1, 6))}"
        f"</p:bodyStyle><p:otherStyle>{_level(1, BODY, 'text')}</p:otherStyle></p:txStyles></p:sldMaster>"
    )
    element = parse_xml(xml)
    element.insert(2, listed)
    master._element = master.part._element = element


_TITLE = Box(MARGIN, TITLE_TOP, CONTENT, 2.0)
_SUBJECT = Box(MARGIN, SUBJECT_TOP, CONTENT - 4, 0.55)
_CONTENT = Box(MARGIN, BODY_TOP, CONTENT, BODY_BOTTOM - BODY_TOP)
_FOOTER = Box(MARGIN, FOOTER_TOP, CONTENT - 3, 0.45)
_NUMBER = Box(MARGIN + CONTENT - 2.5, FOOTER_TOP, 2.5, 0.45)
_MARK = Box(MARGIN + CONTENT - 4, SUBJECT_TOP, 4, 0.55)
_COVER_MARK = Box(MARGIN, 1.75, 8, 0.7)
_TREE = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)


def _level(number: int, size: float, ink: str, *, font: str = "+mn", bold: bool = False) -> str:
    return (
        f'<a:lvl{number}pPr marL="0" indent="0" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" '
        f'hangingPunct="1"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef>'
        f'<a:buNone/><a:defRPr sz="{points(size)}" b="{int(bold)}" kern="1200">{solid(ink)}'
        f'<a:latin typeface="{font}-lt"/><a:ea typeface="{font}-ea"/><a:cs typeface="{font}-cs"/></a:defRPr>'
        f"</a:lvl{number}pPr>"
    )


def _placeholder(
    number: int, name: str, kind: str, place: Box, text: str, *, index: int | None = None, size: str = "",
    align: str = "l", look: tuple[float, str, bool] | None = None, anchor: str = "t",
) -> str:  # fmt: skip
    """Return a placeholder; footers, dates and page numbers are small and muted unless a look is given."""
    if look is None and kind in ("dt", "ftr", "sldNum"):
        look = (SMALL, "muted", False)
    style = ""
    if look is not None:
        points_, ink, bold = look
        style = (
            f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/><a:defRPr sz="{points(points_)}" b="{int(bold)}">'
            f"{solid(ink)}</a:defRPr></a:lvl1pPr>"
        )
    attributes = "".join((
        f' type="{kind}"' if kind else "", f' sz="{size}"' if size else "", f' idx="{index}"' if index is not None else "",
    ))  # fmt: skip
    content = _slide_number() if kind == "sldNum" else f"<a:r><a:rPr lang='en-GB'/><a:t>{escape(text)}</a:t></a:r>"
    content = "" if kind == "dt" else content
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>'
        f"<p:ph{attributes}/></p:nvPr></p:nvSpPr><p:spPr>{_frame(place)}</p:spPr><p:txBody>"
        f'<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="{anchor}">'
        f"<a:noAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle><a:p>{content}</a:p></p:txBody></p:sp>"
    )


def _slide_number() -> str:
    return (
        '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-GB"/><a:t>‹#›</a:t></a:fld>'
    )


def _frame(place: Box) -> str:
    return (
        f'<a:xfrm><a:off x="{emu(place.left)}" y="{emu(place.top)}"/><a:ext cx="{emu(place.width)}" '
        f'cy="{emu(place.height)}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    )


# Layouts --------------------------------------------------------------------------------------------------------------
def _layout(name: str) -> str:
    if name == COVER:
        return _whole_layout(name, "title", _cover(), background="cover")
    shapes = _placeholder(2, "Title", "title", _TITLE, "Title: a sentence computed from the data")
    shapes += _placeholder(
        3, "Subject", "body", _SUBJECT, "Who · what, in which unit · when", index=10, size="quarter",
        look=(BODY, "muted", False),
    )  # fmt: skip
    # Tables grow down to the lower edge of this area.
    shapes += _placeholder(7, "Content", "", _CONTENT, "Content", index=13)
    shapes += _draft_mark() + _rule(FOOTER_TOP - 0.2)
    return _whole_layout(name, "obj", shapes + _footers())


def _cover() -> str:
    return (
        _placeholder(2, "Title", "ctrTitle", Box(MARGIN, 6.2, CONTENT * 0.8, 2.9), "Name of the account",
                     look=(HERO, "background", True), anchor="b")
        + _placeholder(3, "Subtitle", "subTitle", Box(MARGIN, 9.5, CONTENT * 0.8, 1.4), "What this document is", index=1,
                       look=(TITLE, "background", False))
        + _placeholder(4, "People and dates", "body", Box(MARGIN, 12.2, CONTENT * 0.8, 3.0), "Who answers for it, as of when",
                       index=10, look=(LEAD, "background", False))
        + _placeholder(5, "Footer", "ftr", _FOOTER, FOOTER, index=11, size="quarter",
                       look=(SMALL, "background", False))
        + _plain_text(8, "Draft mark", _COVER_MARK, _DRAFT, LEAD, "background", "l")
    )  # fmt: skip


def _draft_mark() -> str:
    return _plain_text(8, "Draft mark", _MARK, _DRAFT, BODY, "adverse", "r")


def _plain_text(number: int, name: str, place: Box, text: str, size: float, ink: str, align: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f"<p:spPr>{_frame(place)}<a:noFill/></p:spPr><p:txBody>"
        '<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f'<a:p><a:pPr algn="{align}"/><a:r><a:rPr lang="en-GB" sz="{points(size)}" b="1">{solid(ink)}</a:rPr>'
        f"<a:t>{escape(text)}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def _rule(top: float) -> str:
    return (
        '<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="9" name="Footer rule"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{emu(MARGIN)}" y="{emu(top)}"/><a:ext cx="{emu(CONTENT)}" cy="0"/></a:xfrm>'
        f'<a:prstGeom prst="line"><a:avLst/></a:prstGeom>{line("rule", 0.5)}</p:spPr></p:cxnSp>'
    )


def _footers() -> str:
    return _placeholder(5, "Footer", "ftr", _FOOTER, FOOTER, index=11, size="quarter") + _placeholder(
        6, "Page number", "sldNum", _NUMBER, "‹#›", index=12, size="quarter", align="r", look=(SMALL, "muted", False)
    )


def _whole_layout(name: str, kind: str, shapes: str, background: str | None = None) -> str:
    fill = f"<p:bg><p:bgPr>{solid(background)}<a:effectLst/></p:bgPr></p:bg>" if background else ""
    return (
        f'<p:sldLayout {_DECLARED} type="{kind}" preserve="1"><p:cSld name="{name}">{fill}<p:spTree>{_TREE}{shapes}'
        "</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )
