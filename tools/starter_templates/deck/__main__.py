"""Draw the deck's template: `python -m tools.starter_templates.deck`.

A designer edits the .pptx from then on; running this again draws it as it was.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path

from pptx.presentation import Presentation

from pipeline.definitions.brand import Brand
from pipeline.render.archive import normalise_archive
from tools.samples.__main__ import definition
from tools.starter_templates.deck import delivery, growth, money, opening, people
from tools.starter_templates.deck.base import empty_deck

ROOT = Path(__file__).parents[3]
TARGET = ROOT / "output_templates" / "account_plan" / "deck.pptx"
PAGES = (
    opening.cover, opening.changes, opening.account, opening.customer, people.objectives, people.people,
    growth.whitespace, money.performance, money.variances, growth.pipeline, growth.competition, growth.swot,
    delivery.issues, delivery.risks, delivery.actions, delivery.resources, delivery.team,
    delivery.reviews, delivery.missing,
)  # fmt: skip


def draw() -> bytes:
    """Return the deck's bytes, the same each time."""
    deck = empty_deck(definition(Brand, "output_templates/brands/planpress/brand.yaml"))
    for page in PAGES:
        page(deck)
    _describe(deck)
    target = io.BytesIO()
    deck.save(target)
    return normalise_archive(target.getvalue())


def _describe(deck: Presentation) -> None:
    properties = deck.core_properties
    properties.title = "{{ account.name }} – {{ document.title }}"
    properties.author = "{{ account.owner }}"
    properties.subject = "{{ document.title }}"
    properties.language = "{{ document.language }}"
    properties.last_modified_by = "planpress"
    properties.created = properties.modified = dt.datetime(2025, 1, 1)  # noqa: DTZ001 - the property has no zone


def main(arguments: list[str]) -> None:
    """Write the template, elsewhere if a path is given."""
    target = Path(arguments[0]) if arguments else TARGET
    target.write_bytes(draw())
    print(f"{target.name}: {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
