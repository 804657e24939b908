"""What every HTML template has without linking it: the brand as CSS custom properties (`var(--accent)`,
`var(--font-body)`, `var(--state-red)`), and a dash in empty table cells.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.definitions.brand import Brand
from pipeline.formats import EN_DASH

_PLAIN_COLOURS = ("text", "background", "muted", "rule", "surface", "accent", "accent_dark", "on_accent",
                  "favourable", "adverse", "caution")  # fmt: skip


def brand_css(brand: Brand) -> str:
    """Return the style sheet that stands before a template's own."""
    properties = "".join(f"  --{name}: {value};\n" for name, value in _properties(brand))
    return f':root {{\n{properties}}}\ntd:empty::before {{ content: "{EN_DASH}" }}\n'


def _properties(brand: Brand) -> Iterator[tuple[str, str]]:
    for name in _PLAIN_COLOURS:
        yield name.replace("_", "-"), getattr(brand.colours, name)
    for position, colour in enumerate(brand.colours.theme, start=1):
        yield f"theme-{position}", colour
    for prefix, colours in (("scenario", brand.colours.scenarios), ("state", brand.colours.states)):
        for code, colour in colours.items():
            yield f"{prefix}-{code.lower().replace('_', '-')}", colour
    for role, family in (("heading", brand.fonts.heading), ("body", brand.fonts.body)):
        yield f"font-{role}", ", ".join([*map(_quoted, brand.fonts.chain(family)), "sans-serif"])


def _quoted(family: str) -> str:
    return '"' + family.replace("\\", "").replace('"', "") + '"'
