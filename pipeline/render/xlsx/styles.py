"""Cell formats of reports, from the brand; one XlsxWriter format for each combination that is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.definitions.brand import Brand
from pipeline.render.fonts import Ruler

MONEY = "#,##0;\u2212#,##0;0"
SIGNED = "+#,##0;\u2212#,##0;0"
PERCENT = "+0.0%;\u22120.0%;0.0%"
OUT_OF_SCALE = ((">=", 10, '">999 %"'), ("<=", -10, '"\u2212>999 %"'))
"""Shares beyond 1,000 % are printed as such (measures.md 7.3): comparison, limit, number format. They are conditional
formats, since a number format takes either conditions or signs."""


def points(unit: str) -> str:
    """Return the number format of differences of ratios; `unit` follows each number, a space before it included."""
    return f'+0.0"{unit}";\u22120.0"{unit}";0.0"{unit}"'


class Styles:
    """Makes formats on demand: the same properties give the same format."""

    def __init__(self, workbook: Any, brand: Brand) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}
        self._cells: dict[tuple[object, ...], Any] = {}
        self.brand = brand
        self.colours = brand.colours
        self.ruler = Ruler(brand.fonts.substitutes, brand.fonts.east_asian)

    def make(self, **properties: object) -> Any:
        """Return the format with these XlsxWriter properties over the brand's body font."""
        merged: dict[str, object] = {
            "font_name": self.brand.fonts.body,
            "font_size": 10,
            "font_color": self.colours.text,
            "valign": "vcenter",
        } | properties
        key = tuple(sorted(merged.items(), key=lambda item: item[0]))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(merged)
        return self._made[key]

    def headline(self) -> Any:
        """Return the format of a sheet's message."""
        return self.make(font_size=16, bold=True, font_color=self.colours.accent_dark)

    def subject(self, *, bold: bool = False) -> Any:
        """Return the format of one of the three lines that say who, what in which unit, and when."""
        return self.make(font_color=self.colours.text if bold else self.colours.muted, bold=bold)

    def note(self) -> Any:
        """Return the format of a note under a table."""
        return self.make(font_size=9, font_color=self.colours.muted, text_wrap=True, valign="top")

    def header(self, align: str = "left", *, wrap: bool = True) -> Any:
        """Return the format of a column header: a thin rule below, no box."""
        return self.make(
            bold=True, font_color=self.colours.text, bottom=1, bottom_color=self.colours.text, text_wrap=wrap,
            valign="bottom", align=align,
        )  # fmt: skip

    def cell(self, level: str, number_format: str | None = None, **more: object) -> Any:
        """Return the format of a table cell; `level` is leaf, subtotal or total."""
        key = (level, number_format, *more.items())
        if key not in self._cells:
            self._cells[key] = self._cell(level, number_format, more)
        return self._cells[key]

    def _cell(self, level: str, number_format: str | None, more: Mapping[str, object]) -> Any:
        properties: dict[str, object] = {}
        if number_format is not None:
            properties |= {"num_format": number_format, "align": "right"}
        if level == "leaf":
            properties |= {"bottom": 4, "bottom_color": self.colours.rule}
        if level in ("subtotal", "total"):
            properties |= {"bold": True, "bg_color": self.colours.surface}
        if level == "total":
            properties |= {"top": 1, "top_color": self.colours.text, "bottom": 1, "bottom_color": self.colours.text}
        return self.make(**(properties | dict(more)))

    def out_of_scale(self, number_format: str) -> Any:
        """Return the format that a conditional format lays over a share beyond 1,000 %."""
        key = (("num_format", number_format),)
        if key not in self._made:
            self._made[key] = self._workbook.add_format(dict(key))
        return self._made[key]

    def impact_colour(self, impact: str) -> str:
        """Return the text colour of a difference: hue only for impact."""
        return {"favourable": self.colours.favourable, "adverse": self.colours.adverse}.get(impact, self.colours.muted)
