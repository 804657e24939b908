"""Cell formats in the colours and fonts of a brand."""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from pipeline.author.words import DATE_FORMATS, MONTH_FORMATS
from pipeline.definitions.brand import Brand
from pipeline.definitions.workbook_template import FieldDefinition

BODY_SIZE = 10.5
EAST_ASIAN_LANGUAGES = ("ja", "zh", "ko")
EAST_ASIAN_FROM = 0x2E80
"""The first code point of East Asian scripts, whose characters are twice as wide."""
WRAPPED_TYPES = ("text", "long_text", "references", "person", "url", "email", "picture")
NUMERIC_TYPES = ("integer", "number", "money", "percent")


def mixed(colour: str, other: str, share: float) -> str:
    """Return `colour` with `share` (0 to 1) of `other` mixed in; both such as `#1E4471`."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(own + (second - own) * share):02X}" for own, second in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


class Styles:
    """Formats by name, each made once; equal properties share one format."""

    def __init__(self, workbook: Workbook, brand: Brand, language: str) -> None:
        self._workbook, self._language = workbook, language
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._named: dict[str, list[Format]] = {}
        self._prefix = brand.name
        self.colours = brand.colours
        self.font = brand.fonts.east_asian if language in EAST_ASIAN_LANGUAGES else brand.fonts.body
        self.heading_font = brand.fonts.east_asian if language in EAST_ASIAN_LANGUAGES else brand.fonts.heading
        self.wanted = mixed(brand.colours.caution, brand.colours.background, 0.86)

    def make(self, **properties: Any) -> Format:
        """Return a format of the body font with `properties` (XlsxWriter's names) added."""
        every = {"font_name": self.font, "font_size": BODY_SIZE, "font_color": self.colours.text, "valign": "vcenter"}
        every |= properties
        key = tuple(sorted(every.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(every)
        return self._made[key]

    def named(self, name: str, **properties: Any) -> Format:
        """Return a format that belongs to the named style `name`; the first of a style is how the style looks."""
        style = self.make(**properties)
        members = self._named.setdefault(f"{self._prefix} {name}", [])
        if style not in members:
            members.append(style)
        return style

    def members(self) -> dict[str, list[int]]:
        """Return the indexes of the formats of each named style; a format belongs to the first style that has it."""
        taken: set[int] = set()
        indexes: dict[str, list[int]] = {}
        for name, formats in self._named.items():
            own = [style.xf_index for style in formats if style.xf_index and style.xf_index not in taken]
            taken.update(own)
            if own:
                indexes[name] = list(dict.fromkeys(own))
        return indexes

    def title(self) -> Format:
        """Return the format of a sheet's title."""
        return self.named(
            "Title", font_name=self.heading_font, font_size=18, bold=True, font_color=self.colours.accent_dark
        )

    def subtitle(self) -> Format:
        """Return the format of the sentence below a title."""
        return self.named("Subtitle", font_color=self.colours.muted, valign="top")

    def heading(self) -> Format:
        """Return the format of a part's heading within a sheet."""
        return self.named(
            "Heading", font_name=self.heading_font, font_size=12, bold=True, font_color=self.colours.accent,
            bottom=2, bottom_color=self.colours.accent,
        )  # fmt: skip

    def link(self) -> Format:
        """Return the format of a link to another sheet."""
        return self.named("Link", font_color=self.colours.accent, underline=1)

    def quiet(self, **properties: Any) -> Format:
        """Return a format for hints, marks and units, which should not shout."""
        return self.named("Hint", **{"font_size": 9.5, "font_color": self.colours.muted, **properties})

    def table_heading(self, field: FieldDefinition) -> Format:
        """Return the format of a column's heading; those of required fields carry the darker accent."""
        fill = self.colours.accent if field.required else mixed(self.colours.accent, self.colours.background, 0.22)
        # Excel draws the filter's button at the right end: a heading on that side keeps clear of it.
        alignment = {"align": "right", "indent": 2} if field.type in NUMERIC_TYPES else {"align": "left", "indent": 1}
        name, gap = "Column" if field.required else "Optional column", self.colours.background
        return self.named(
            name, bold=True, text_wrap=True, font_color=self.colours.on_accent, bg_color=fill,
            left=1, right=1, left_color=gap, right_color=gap, **alignment,
        )  # fmt: skip

    def table_cell(self, field: FieldDefinition, *, number: bool = False) -> Format:
        """Return the format of a table's input cell; `number` marks the column of row numbers."""
        look: dict[str, Any] = {"bottom": 1, "bottom_color": self.colours.rule, "valign": "top", **self._type(field)}
        if number:
            look |= {"font_color": self.colours.muted, "align": "center", "indent": 0}
        return self.named("Row number" if number else "Table input", **look)

    def form_cell(self, field: FieldDefinition) -> Format:
        """Return the format of a form's input cell, which stays open on a protected sheet."""
        look = {"border": 1, "border_color": self.colours.rule, "locked": False, **self._type(field)}
        if field.type == "long_text":
            look["valign"] = "top"
        return self.named("Form input", **(look | {"align": "left"}))

    def _type(self, field: FieldDefinition) -> dict[str, Any]:
        look: dict[str, Any] = {"num_format": self.number_format(field)}
        if field.type in WRAPPED_TYPES:
            look["text_wrap"] = True
        look |= {"align": "right" if field.type in NUMERIC_TYPES else "left", "indent": 1}
        return look

    def number_format(self, field: FieldDefinition) -> str:
        """Return the number format of a field's type; text with a pattern stays text, so that ids keep their zeros."""
        match field.type:
            case "date":
                return DATE_FORMATS.get(self._language, DATE_FORMATS["en"])
            case "month":
                return MONTH_FORMATS.get(self._language, MONTH_FORMATS["en"])
            case "money":
                return "#,##0"
            case "percent":
                return "0.0%"
            case "integer":
                return "0"
            case "text" if field.pattern:
                return "@"
            case _:
                return "General"
