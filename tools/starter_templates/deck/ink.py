"""Colours as references to the theme, so that a brand's theme recolours every page."""

from __future__ import annotations

_MODIFIED = {
    "text": ("tx1", ()),
    "background": ("bg1", ()),
    "muted": ("accent2", ()),
    "rule": ("bg1", (("lumMod", 85000),)),
    "surface": ("bg2", ()),
    "accent": ("accent1", ()),
    "accent_soft": ("accent1", (("lumMod", 40000), ("lumOff", 60000))),
    "accent_pale": ("accent1", (("lumMod", 20000), ("lumOff", 80000))),
    "accent_mid": ("accent1", (("satMod", 60000), ("lumMod", 75000), ("lumOff", 25000))),
    "cover": ("tx2", ()),
    "actual": ("tx1", (("lumMod", 90000), ("lumOff", 10000))),
    "previous": ("accent2", (("lumMod", 60000), ("lumOff", 40000))),
    "track": ("bg1", (("lumMod", 92000),)),
    "band": ("bg1", (("lumMod", 78000),)),
    "adverse": ("accent5", ()),
    "favourable": ("accent6", ()),
    "caution": ("accent4", ()),
    "caution_pale": ("accent4", (("lumMod", 30000), ("lumOff", 70000))),
    "blue": ("accent3", ()),
    "state_2": ("accent6", ()),
    "state_1": ("accent6", (("satMod", 35000), ("lumMod", 45000), ("lumOff", 55000))),
    "state_0": ("bg1", (("lumMod", 90000),)),
    "state_m1": ("accent5", (("satMod", 80000), ("lumMod", 40000), ("lumOff", 60000))),
    "state_m2": ("accent5", ()),
}  # fmt: skip
"""Names by meaning: theme slot and changes of brightness. accent5 and accent6 are adverse and favourable."""


def colour(name: str) -> str:
    """Return the `a:schemeClr` of a colour."""
    slot, changes = _MODIFIED[name]
    inner = "".join(f'<a:{key} val="{value}"/>' for key, value in changes)
    return f'<a:schemeClr val="{slot}">{inner}</a:schemeClr>' if inner else f'<a:schemeClr val="{slot}"/>'


def solid(name: str | None) -> str:
    """Return a solid fill, or none."""
    return f"<a:solidFill>{colour(name)}</a:solidFill>" if name else "<a:noFill/>"


def line(name: str | None, width: float = 0.75) -> str:
    """Return an outline of `width` points, or none."""
    if name is None:
        return "<a:ln><a:noFill/></a:ln>"
    return f'<a:ln w="{round(width * 12700)}">{solid(name)}</a:ln>'


def hatch(name: str) -> str:
    """Return the hatching of a forecast."""
    return (
        f'<a:pattFill prst="wdUpDiag"><a:fgClr>{colour(name)}</a:fgClr>'
        f"<a:bgClr>{colour('background')}</a:bgClr></a:pattFill>"
    )
