"""Brands: colours, fonts, logo, footers (`output_templates/brands/<brand>/brand.yaml`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from pipeline.definitions.base import Definition, LocalText

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]


class Fonts(Definition):
    """Families as Office knows them; `substitutes` names a metric-compatible family for measuring and PDF."""

    heading: str
    body: str
    east_asian: str
    substitutes: dict[str, str] = Field(default_factory=dict)

    def chain(self, family: str) -> tuple[str, ...]:
        """Return `family`, what may stand in for it, and the same for the East Asian family, each name once."""
        names = ((name, self.substitutes.get(name)) for name in (family, self.east_asian))
        return tuple(dict.fromkeys(name for pair in names for name in pair if name))


class Colours(Definition):
    """Six-digit hex colours: `text` and `background` carry the page, `accent` emphasis, the rest have one meaning.

    `theme` feeds accent1 … accent6 of Office themes in order. `states` maps codes that figures use (sentiment,
    levels, stages) to fills.
    """

    text: Colour
    background: Colour
    muted: Colour
    rule: Colour
    surface: Colour
    accent: Colour
    accent_dark: Colour
    on_accent: Colour
    favourable: Colour
    adverse: Colour
    caution: Colour
    theme: tuple[Colour, ...] = Field(min_length=6, max_length=6)
    scenarios: dict[str, Colour]
    states: dict[str, Colour] = Field(default_factory=dict)


class Brand(Definition):
    """One brand; logo files stand beside brand.yaml."""

    brand: str
    name: str
    colours: Colours
    fonts: Fonts
    logo: str | None = None
    logo_dark: str | None = None
    footer: LocalText
    confidentiality: dict[str, LocalText]
    """Printed in every footer, by audience (internal, customer)."""
