"""What several pages have: their frame, headed columns, key numbers, the legend of scenarios, notes with sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pptx.presentation import Presentation

from tools.starter_templates.deck.base import FOOTER, PAGE
from tools.starter_templates.deck.charts import Chart, Plot, Series, filled, stroke
from tools.starter_templates.deck.grid import BODY, LEAD, SMALL, TITLE, Box
from tools.starter_templates.deck.page import Page


@dataclass(frozen=True, slots=True)
class Sources:
    """What the notes of a page say: the measures, variances and tables its numbers come from."""

    measures: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()


def new_page(deck: Presentation, layout: str = PAGE) -> Page:
    """Append a slide without any shape."""
    chosen = next(item for item in deck.slide_layouts if item.name == layout)
    slide = deck.slides.add_slide(chosen)
    for shape in list(slide.placeholders):
        shape._element.getparent().remove(shape._element)
    return Page(slide)


def titled_page(deck: Presentation, headline: str, subject: str, *, binding: str = "", sources: Sources) -> Page:
    """Append a page with its computed title, its subject, and notes that bind it and name its sources."""
    page = new_page(deck)
    page.placeholder("title", None, "Title", f"{{{{ headlines.{headline} }}}}", "fit: 18-22")
    page.placeholder("body", 10, "Subject", f"{{{{ account.name }}}}  ·  {subject}")
    page.notes(binding + notes_of(sources))
    return page


def finish(page: Page) -> None:
    """Add the footers, which are read last."""
    page.footers(FOOTER)


def notes_of(sources: Sources) -> str:
    """Return notes that list each measure with its formula and cells."""
    lines = ["{{ texts.deck_sources }}"]
    lines.extend(f"{name}: {{{{ formulas.{name} }}}}: {{{{ sources.{name} }}}}" for name in sources.measures)
    lines.extend(f"{{{{ texts.deck_sheet }}}} {name}" for name in sources.sheets)
    return "\n".join(lines)


def heading(page: Page, place: Box, written: str, *, binding: str = "") -> None:
    """Head a column: words over a thin rule."""
    if binding:
        with page.group(
            Box(place.left, place.top, place.width, 0.68), name="Heading", binding=f"{binding}\nalt: {written}"
        ):
            heading(page, place, written)
        return
    page.text(Box(place.left, place.top, place.width, 0.6), written, name="Heading", size=LEAD, bold=True)
    page.rule(place.left, place.top + 0.68, place.width, ink="muted")


def key_number(page: Page, place: Box, label: str, value: str, detail: str, *, binding: str = "") -> None:
    """Show one number: what it is, the number, what it is compared with."""
    condition = f"\n{binding}" if binding else ""
    page.text(Box(place.left, place.top, place.width, 0.55), label, name="What", size=BODY, ink="muted",
              binding=f"fit: 10-12{condition}")  # fmt: skip
    page.text(Box(place.left, place.top + 0.55, place.width, 0.98), value, name="Number", size=TITLE, bold=True,
              binding=f"fit: 14-22{condition}")  # fmt: skip
    if detail:
        page.text(Box(place.left, place.top + 1.53, place.width, place.height - 1.53), detail, name="Detail", size=SMALL,
                  ink="muted", binding=binding)  # fmt: skip


def legend(page: Page, left: float, top: float, entries: Sequence[tuple[str, str, float]]) -> None:
    """Explain scenarios: (look, words, width of the entry)."""
    for look, words, width in entries:
        page.swatch(Box(left, top + 0.1, 0.3, 0.3), look)
        page.text(Box(left + 0.42, top, width - 0.5, 0.5), words, name="Legend", size=SMALL, ink="muted", anchor="ctr")
        left += width


SCENARIOS = (
    ("actual", "{{ texts.deck_actual }} (AC)", 2.5),
    ("plan", "{{ texts.deck_plan }} (PL)", 2.5),
    ("forecast", "{{ texts.deck_forecast }} (FC)", 3.1),
    ("previous mark", "{{ texts.deck_previous }} (PY)", 3.9),
)


def small_lines(values: Sequence[float], reference: Sequence[float], *, forecast: int = 0) -> Chart:
    """Return a small line of the actual (the last ones of the forecast) over its plan, without axes or labels."""
    months = tuple(f"M{number}" for number in range(1, len(values) + 1))
    closed = len(values) - forecast
    series = [
        Series("PL", tuple(reference), stroke("previous", 1.25)),
        Series("AC", (*values[:closed], *(None,) * forecast), stroke("actual", 2.25)),
    ]
    if forecast:
        series.append(Series("FC", (*(None,) * closed, *values[closed:]), stroke("actual", 2.25, dash="sysDash")))
    return Chart(
        months, (Plot("line", tuple(series)),), show_categories=False, axis_line=None, room=(0.01, 0.06, 0.98, 0.88)
    )


def progress_bar(value: float, expected: float | None = None) -> Chart:
    """Return a bullet bar from 0 to 100 %: light track, band up to what is expected by today, dark bar."""
    plots = []
    if expected is not None:
        plots.append(Plot("bar", (Series("expected", (expected,), filled("band")),), gap=0))
    plots.append(
        Plot("bar", (Series("progress", (value,), filled("actual")),), gap=110, secondary=expected is not None)
    )
    return Chart(("",), tuple(plots), show_categories=False, axis_line=None, lowest=0, highest=1,
                 room=(0.0, 0.1, 1.0, 0.8), plot_fill="track")  # fmt: skip
