"""Where we can grow: whitespace, pipeline, competition, SWOT."""

from __future__ import annotations

from pptx.presentation import Presentation

from tools.starter_templates.deck.charts import Chart, Plot, Series, filled
from tools.starter_templates.deck.grid import BODY, BODY_TOP, SMALL, Box, box, columns
from tools.starter_templates.deck.page import Page
from tools.starter_templates.deck.parts import Sources, finish, heading, key_number, titled_page
from tools.starter_templates.deck.table import Column, Table
from tools.starter_templates.deck.text import Paragraph, Run

STATUSES = ("owned", "in_discussion", "competitor", "no_fit", "unknown")
_STATUS_INKS = ("accent", "accent_soft", "state_m1", "state_0", "surface")
STAGES = ("identified", "qualified", "proposed", "negotiation")
_STAGE_INKS = ("band", "previous", "blue", "accent")


def whitespace(deck: Presentation) -> None:
    """Show product by business unit: what is sold, what is open, who holds it."""
    page = titled_page(deck, "whitespace", "{{ texts.deck_subject_whitespace }}", binding="if: whitespace\n", sources=Sources((
        "whitespace_grid", "whitespace_value", "whitespace_penetration", "whitespace_pursued", "whitespace_mapped",
    )))  # fmt: skip
    area = box(1, 9, BODY_TOP, 12.6)
    with page.group(
        area, name="Whitespace grid", binding="grid: deck_whitespace\nalt: {{ texts.deck_alt_whitespace }}"
    ):
        page.text(
            Box(area.left, area.top, 4.6, 1.6),
            [
                "{%p if row.open > 0 %}",
                Paragraph((Run("{{ row.open | short }}", BODY, bold=True),), "ctr"),
                "{%p endif %}",
                "{%p if row.current > 0 %}",
                Paragraph((Run("{{ texts.deck_today }} {{ row.current | short }}", SMALL),), "ctr"),
                "{%p endif %}",
                "{%p if not row.open > 0 and not row.current > 0 %}",
                Paragraph((Run("{{ texts['deck_whitespace_' ~ (row.status | raw)] }}", SMALL),), "ctr"),
                "{%p endif %}",
            ],
            name="Cell", fill="surface", anchor="ctr", insets=(0.1, 0.05),
        )  # fmt: skip
        page.text(Box(area.left + 5, area.top, 4.6, 0.9), "{{ title }}", name="Title of row or column", size=BODY, bold=True, anchor="ctr",
                  binding="fit: 10-12")  # fmt: skip
    left = area.left
    for status, ink in zip(STATUSES, _STATUS_INKS, strict=True):
        page.swatch(Box(left, area.bottom + 0.6, 0.3, 0.3), ink)
        page.text(Box(left + 0.42, area.bottom + 0.5, 3.4, 0.5), f"{{{{ texts.deck_whitespace_{status} }}}}", name="Legend", size=SMALL,
                  ink="muted", anchor="ctr")  # fmt: skip
        left += 4.1
    _whitespace_numbers(page)
    finish(page)


def _whitespace_numbers(page: Page) -> None:
    left, width = columns(10, 3)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_open_potential }}")
    numbers = (
        ("{{ texts.deck_whitespace_value }}", "{{ measures.whitespace_value | short }}",
         "{% if measures.whitespace_unsized > 0 %}{{ measures.whitespace_unsized }} {{ texts.deck_unsized }}{% endif %}"),
        ("{{ texts.deck_penetration }}", "{{ measures.whitespace_penetration | percent(0) }}", "{{ texts.deck_penetration_detail }}"),
        ("{{ texts.deck_pursued }}", "{{ measures.whitespace_pursued | percent(0) }}", "{{ texts.deck_pursued_detail }}"),
        ("{{ texts.deck_mapped }}", "{{ measures.whitespace_mapped | percent(0) }}", "{{ texts.deck_mapped_detail }}"),
    )  # fmt: skip
    for number, (label, value, detail) in enumerate(numbers):
        key_number(page, Box(left, BODY_TOP + 0.95 + number * 2.7, width, 2.5), label, value, detail)


# Pipeline -------------------------------------------------------------------------------------------------------------
def pipeline(deck: Presentation) -> None:
    """Show whether the pipeline closes the gap, when deals close, and the deals themselves."""
    page = titled_page(deck, "pipeline", "{{ texts.deck_subject_pipeline }}", binding="if: opportunities\n", sources=Sources((
        "gap_to_target", "pipeline_in_year", "pipeline_coverage", "pipeline_by_stage", "opportunity_list", "hit_rate",
    )))  # fmt: skip
    _gap(page)
    _closing(page)
    _deals(page)
    finish(page)


def _gap(page: Page) -> None:
    place = box(1, 5, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_gap_heading }}")
    third = (place.width - 1.0) / 3
    numbers = (
        ("{{ texts.deck_gap }}", "{% if measures.gap_to_target <= 0 %}{{ texts.deck_covered }}{% else %}{{ measures.gap_to_target | short }}{% endif %}",
         "{{ texts.deck_gap_detail }}"),
        ("{{ texts.deck_in_year }}", "{{ measures.pipeline_in_year | short }}", "{{ texts.deck_weighted }}"),
        ("{{ texts.deck_coverage }}", "{{ measures.pipeline_coverage }}",
         "{% if measures.pipeline_coverage_required.value is not none %}{{ texts.deck_required }} {{ measures.pipeline_coverage_required }}{% endif %}"),
    )  # fmt: skip
    for number, (label, value, detail) in enumerate(numbers):
        key_number(page, Box(place.left + number * (third + 0.5), place.top + 0.95, third, 2.6), label, value, detail)


def _closing(page: Page) -> None:
    place = box(1, 5, BODY_TOP + 4.1, 1)
    heading(page, place, "{{ texts.deck_closing_heading }}", binding="if: measures.deck_pipeline_closing")
    months = ("Nov", "Dec", "Jan", "Feb", "Mar", "Apr")
    samples = (
        (20, 30, None, 40, 10, None),
        (40, None, 60, 20, None, 30),
        (None, 80, 50, None, 40, None),
        (90, 60, None, None, None, None),
    )
    stacks = tuple(
        Series(stage, values, filled(ink)) for stage, values, ink in zip(STAGES, samples, _STAGE_INKS, strict=True)
    )
    totals = Series("total", (150, 170, 110, 60, 50, 30), "<a:ln><a:noFill/></a:ln>", label="t")
    page.chart(Box(place.left, place.top + 1.5, place.width, 8.3),
               Chart(months, (Plot("column", stacks, stacked=True, gap=50), Plot("line", (totals,))), title="{{ figure.unit }}"), name="Pipeline by close month",
               binding="chart: deck_pipeline_closing")  # fmt: skip
    with page.group(
        Box(place.left, place.top + 0.85, place.width, 0.5), name="Legend", binding="if: measures.deck_pipeline_closing"
    ):
        for number, (stage, ink) in enumerate(zip(STAGES, _STAGE_INKS, strict=True)):
            left = place.left + number * 3.2
            page.swatch(Box(left, place.top + 0.95, 0.3, 0.3), ink)
            page.text(Box(left + 0.42, place.top + 0.85, 2.7, 0.5), f"{{{{ texts.deck_stage_{stage} }}}}", name="Legend", size=SMALL,
                      ink="muted", anchor="ctr")  # fmt: skip


def _deals(page: Page) -> None:
    left, width = columns(6, 7)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_deals }}")
    deal = "(opportunities | where('no', d.no) | first)"
    table = Table((
        Column("{{ texts.deck_deal }}", [Run(f"{{{{ {deal}.name }}}}", SMALL, bold=True)], 4.7),
        Column("{{ texts.deck_stage }}", f"{{{{ {deal}.stage }}}}", 2.9),
        Column("{{ texts.deck_closes }}", "{{ d.expected_close | rag('adverse' if d.past_due else '') }}", 3, "r"),
        Column("{{ texts.deck_value_thousand }}", "{{ (d.value / 1000) | number(0) }}", 2.4, "r"),
        Column("p", "{% if d.value > 0 %}{{ (d.weighted / d.value) | percent(0) }}{% endif %}", 1.3, "r"),
        Column("{{ texts.deck_weighted_short }}", "{{ (d.weighted / 1000) | number(0) }}", 2.6, "r"),
        Column("{{ texts.deck_owner }}", f"{{{{ {deal}.owner }}}}", 2.8),
    ), size=SMALL, row=0.7)  # fmt: skip
    page.table(Box(left, BODY_TOP + 0.75, width, 1), table, name="Open opportunities",
               binding="for: d in measures.opportunity_list\nfit: 10-12\nempty: {{ texts.deck_no_deals }}\nalt: {{ texts.deck_deals }}")  # fmt: skip


# Competition ----------------------------------------------------------------------------------------------------------
def competition(deck: Presentation) -> None:
    """Show who shares the customer's spend with us, and how we answer."""
    page = titled_page(deck, "competition", "{{ texts.deck_subject_competition }}", binding="if: competitors\n",
                       sources=Sources(("share_of_wallet", "wallet_by_competitor"), ("Competitors",)))  # fmt: skip
    place = box(1, 4, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_wallet_heading }}")
    names = ("We", "Northwind", "Fabrikam", "Others")
    page.chart(
        Box(place.left, place.top + 0.9, place.width, 8),
        Chart(names, (Plot("bar", (
            Series("ours", (0.38, None, None, None), filled("accent"), label="outEnd"),
            Series("theirs", (None, 0.25, 0.15, 0.22), filled("previous"), label="outEnd"),
        ), gap=45, overlap=100),), title="%", room=(0.36, 0.06, 0.54, 0.92)),
        name="Share of wallet", binding="chart: deck_wallet",
    )  # fmt: skip
    left, width = columns(5, 8)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_rivals }}")
    table = Table((
        Column("{{ texts.deck_competitor }}", "{{ c.name }}", 2.6, bold=True),
        Column("{{ texts.deck_threat }}", "{{ c.threat }} / 5", 2.2, "r"),
        Column("{{ texts.deck_strengths }}", "{{ c.strengths }}", 4),
        Column("{{ texts.deck_weaknesses }}", "{{ c.weaknesses }}", 4),
        Column("{{ texts.deck_answer }}", "{{ c.our_answer }}", 4.2),
    ), size=BODY, row=0.85)  # fmt: skip
    page.table(Box(left, BODY_TOP + 0.75, width, 1), table, name="Competitors",
               binding="for: c in competitors | where('whose', 'ours')\norder: threat desc\nfit: 10-12\n"
                       "empty: {{ texts.deck_no_rivals }}\nalt: {{ texts.deck_rivals }}")  # fmt: skip
    finish(page)


def swot(deck: Presentation) -> None:
    """Show the four quadrants with what follows from each statement."""
    page = titled_page(
        deck, "deck_swot", "{{ texts.deck_subject_swot }}", binding="if: swot\n", sources=Sources((), ("Swot",))
    )
    for number, quadrant in enumerate(("strength", "weakness", "opportunity", "threat")):
        place = box(1 + 6 * (number % 2), 6, BODY_TOP + 6.9 * (number // 2), 6.4)
        heading(page, place, f"{{{{ texts.deck_swot_{quadrant} }}}}")
        table = Table((
            Column("", "{{ s.statement }}", 5.4),
            Column("", "→ {{ s.consequence }}", 5, ink="muted"),
        ), size=BODY, row=0.75, has_header=False)  # fmt: skip
        page.table(Box(place.left, place.top + 0.75, place.width, 1), table, name=quadrant.capitalize(),
                   binding=f"for: s in swot | where('quadrant', '{quadrant}')\nfit: 10-14\nempty: {{{{ texts.deck_swot_none }}}}\n"
                           f"alt: {{{{ texts.deck_swot_{quadrant} }}}}")  # fmt: skip
    finish(page)
