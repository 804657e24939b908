"""The first pages: cover, what changed, the account on one page, the customer."""

from __future__ import annotations

from pathlib import Path

from pptx.presentation import Presentation

from tools.starter_templates.deck.base import COVER
from tools.starter_templates.deck.charts import Chart, Plot, Series, filled
from tools.starter_templates.deck.grid import (
    BODY,
    BODY_TOP,
    COLUMN,
    GUTTER,
    HERO,
    LEAD,
    MARGIN,
    SMALL,
    TITLE,
    WIDTH,
    Box,
    box,
    columns,
)
from tools.starter_templates.deck.page import Page
from tools.starter_templates.deck.parts import (
    Sources,
    finish,
    heading,
    new_page,
    progress_bar,
    small_lines,
    titled_page,
)
from tools.starter_templates.deck.table import Column, Table
from tools.starter_templates.deck.text import Paragraph, Run

_SHOWN_PER_SHEET = 6
"""Changes of one sheet that the deck lists; the plan lists more of them."""
_MOVES = (
    "health", "revenue_ytd", "gross_margin_pct_ytd", "outlook_fy", "pipeline_weighted", "nrr", "objectives_on_track",
    "actions_overdue",
)  # fmt: skip
_PRINTED = dict.fromkeys(("revenue_ytd", "outlook_fy", "pipeline_weighted"), " | short")
LOGO = Path(__file__).parents[3] / "output_templates" / "brands" / "planpress" / "logo-dark.png"


def cover(deck: Presentation) -> None:
    """Name the account, the document and who answers for it."""
    page = new_page(deck, COVER)
    page.placeholder("ctrTitle", None, "Title", "{{ account.name }}", "fit: 24-32")
    page.placeholder("subTitle", 1, "Subtitle", "{{ document.title }}")
    page.placeholder(
        "body", 10, "People and dates",
        "{{ account.owner }}{% if account.sponsor %}  ·  {{ account.sponsor.label }}: {{ account.sponsor }}{% endif %}\n"
        "{{ account.plan_starts_on }} – {{ account.plan_ends_on }}\n"
        "{{ texts.deck_as_of }} {{ as_of }}{% if edition %}  ·  {{ texts.deck_edition }} {{ edition }}{% endif %}",
    )  # fmt: skip
    page.rule(MARGIN, 11.6, 4 * COLUMN + 3 * GUTTER, ink="blue", weight=2.25)
    page.picture(Box(WIDTH - MARGIN - 6.74, 1.3, 6.74, 1.5), LOGO.read_bytes(), name="Logo",
                 binding="picture: logo_dark\nalt: {{ brand.name }}")  # fmt: skip
    page.placeholder("ftr", 11, "Footer", "{{ brand.footer }}  ·  {{ brand.confidentiality }}")
    page.notes("{{ texts.deck_cover_notes }}")


def changes(deck: Presentation) -> None:
    """List what changed since another content was published, and which numbers moved; without history it drops."""
    page = titled_page(
        deck, "since_last_edition", "{{ texts.deck_subject_changes }}", binding="if: changes\n", sources=Sources(_MOVES)
    )
    heading(page, box(1, 8, BODY_TOP, 1), "{{ texts.deck_changes }}", binding="repeat: yes")
    table = Table((
        Column("{{ texts.deck_where }}", "{% if c.place == 1 %}{{ c.table }}{% endif %}", 2.3, ink="muted"),
        Column("{{ texts.deck_what }}", _unless_last(
               "{% if c.key %}{{ c.key }}  {% endif %}"
               "{% if c.name %}{{ (c.name ~ '') | truncate(60) }}{% if c.field %}: {% endif %}{% endif %}"
               "{% if c.field %}{{ c.field }}{% endif %}",
               "… {{ c.of - c.place + 1 }} {{ texts.deck_more_changes }}"), 3.8, bold=True),
        Column("{{ texts.deck_before }}", _unless_last("{{ (c.old ~ '') | truncate(80) }}"), 3, ink="muted"),
        Column("{{ texts.deck_now }}", _unless_last(
               "{% if c.kind == 'changed' %}{{ (c.new ~ '') | truncate(80) }}"
               "{% else %}{{ texts['deck_change_' ~ (c.kind | raw)] }}{% endif %}"), 3),
    ), size=SMALL)  # fmt: skip
    page.table(
        box(1, 8, BODY_TOP + 0.75, 1.5), table, name="Changes",
        binding=f"for: c in changes\nwhere: c.place <= {_SHOWN_PER_SHEET}\nalt: {{{{ texts.deck_alt_changes }}}}",
    )  # fmt: skip
    _moves(page)
    finish(page)


def _unless_last(written: str, last: str = "") -> str:
    """Return what a cell says but in the last line of a sheet with more changes than are shown."""
    return f"{{% if c.place == {_SHOWN_PER_SHEET} and c.of > {_SHOWN_PER_SHEET} %}}{last}{{% else %}}{written}{{% endif %}}"


def _moves(page: Page) -> None:
    """Show the key numbers as they were and as they are."""
    place = box(9, 4, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_moves }}")
    table = Table((
        Column("", "{{ m.0 }}", 3.4),
        Column("{{ texts.deck_before }}", "{{ m.1 }}", 1.9, "r", ink="muted"),
        Column("{{ texts.deck_now }}", "{{ m.2 }}", 1.9, "r", bold=True),
    ), size=BODY, row=0.8)  # fmt: skip
    rows = ", ".join(
        f"(measures.{name}.label, before.{name}{_PRINTED.get(name, '')}, measures.{name}{_PRINTED.get(name, '')})"
        for name in _MOVES
    )
    page.table(Box(place.left, BODY_TOP + 0.75, place.width, 1), table, name="Numbers that moved",
               binding=f"for: m in [{rows}]\nfit: 10-12\nalt: {{{{ texts.deck_moves }}}}")  # fmt: skip


# The account on one page ----------------------------------------------------------------------------------------------
def account(deck: Presentation) -> None:
    """Show health with its parts, eight key numbers, and what needs a decision."""
    page = titled_page(deck, "account_page", "{{ texts.deck_subject_account }}", sources=Sources((
        "health", "health_parts", "revenue_ytd", "gross_margin_pct_ytd", "contribution_ytd", "outlook_fy", "nrr",
        "share_of_wallet", "pipeline_coverage", "objectives_on_track",
    )))  # fmt: skip
    _health(page)
    _tiles(page)
    _decisions(page)
    finish(page)


def _health(page: Page) -> None:
    place = box(1, 4, BODY_TOP, 13.5)
    heading(page, place, "{{ texts.deck_health }}")
    page.text(
        Box(place.left, place.top + 0.9, 3.4, 1.5),
        Paragraph((
            Run("{{ measures.health }}", HERO, bold=True),
            Run("{% if measures.health.value is not none %} / 100{% endif %}", LEAD, "muted"),
        )),
        name="Health score",
    )  # fmt: skip
    page.text(
        Box(place.left + 3.6, place.top + 0.75, place.width - 3.6, 1.7),
        [
            Run("{{ texts['deck_band_' ~ (measures.health_band_reached.value or 'none')] }}", LEAD, bold=True),
            "{%p if measures.health_capped %}",
            Run(
                "{% if measures.health_cap_notice %}{{ texts.deck_cap_notice }}"
                "{% elif measures.health_cap_issue %}{{ texts.deck_cap_issue }}"
                "{% elif measures.health_cap_thread %}{{ texts.deck_cap_thread }}{% endif %}", SMALL, "muted"),
            "{%p endif %}",
        ],
        name="Health band",
        anchor="ctr",
    )  # fmt: skip
    parts = ("relationship", "performance", "outcomes", "service", "execution")
    inks = ("accent", "accent_mid", "blue", "muted", "previous")
    page.chart(
        Box(place.left, place.top + 2.5, place.width, 0.75),
        Chart(("",), (Plot("bar", tuple(
            Series(part, (value,), filled(ink)) for part, value, ink in zip(parts, (18, 16, 12, 9, 8), inks, strict=True)
        ), stacked=True, gap=10),), show_categories=False, axis_line=None, lowest=0, highest=100,
            room=(0, 0.05, 1, 0.9), plot_fill="track"),
        name="Health bar",
        binding="chart: deck_health_bar\nif: measures.health.value is not none\nalt: {{ texts.deck_alt_health }}",
    )  # fmt: skip
    _health_parts(page, Box(place.left, place.top + 3.45, place.width, 5.0), inks)
    page.text(
        Box(place.left, place.top + 9.4, place.width, 3.5),
        [
            Paragraph((Run("{{ texts.deck_confidence }}", BODY, bold=True),)),
            Paragraph((
                Run("{{ texts.deck_completeness }} ", BODY, "muted"), Run("{{ ([completeness.completeness, 0.99] | min if completeness.completeness < 1 else completeness.completeness) | percent(0) }}", BODY),
                Run("{% if measures.freshness.value is not none %}   {{ texts.deck_freshness }} ", BODY, "muted"),
                Run("{{ measures.freshness | percent(0) }}{% endif %}", BODY),
            ), before=2),
            Paragraph((
                Run("{{ texts.deck_qualification }} ", BODY, "muted"),
                Run("{{ texts['deck_qualification_' ~ (measures.qualification | raw)] }} "
                    "({{ measures.qualification_met }} / 6)", BODY),
            ), before=2),
        ],
        name="Confidence",
    )  # fmt: skip


def _health_parts(page: Page, place: Box, inks: tuple[str, ...]) -> None:
    table = Table((
        Column("{{ texts.deck_part }}", "{{ texts['deck_part_' ~ (p.part | raw)] }}", 4.7, indent=0.35),
        Column("{{ texts.deck_points }}", "{% if p.part != 'cap' %}{{ p.points }}{% endif %}", 1.9, "r"),
        Column("{{ texts.deck_weight }}", "{% if p.part != 'cap' %}{{ p.weight | number(0) }}{% endif %}", 2, "r", ink="muted"),
        Column("{{ texts.deck_contribution }}", "{{ p.contribution | number(1) }}", 2.2, "r", bold=True),
    ), size=BODY, row=0.78)  # fmt: skip
    page.table(place, table, name="Parts of health",
               binding="for: p in measures.health_parts\nwhere: p.part != 'cap' or p.contribution < 0\n"
                       "alt: {{ texts.deck_alt_health }}")  # fmt: skip
    with page.group(Box(place.left, place.top, 0.16, 0.78 * 6), name="Colours of the parts"):
        for number, ink in enumerate(inks):
            page.bar(
                Box(place.left, place.top + 0.78 * (number + 1) + 0.14, 0.16, 0.5), name="Colour of the part", fill=ink
            )


_SAMPLE = (61, 63, 60, 66, 68, 64, 70, 71, 69, 74, 76, 75)
_SAMPLE_PLAN = (62, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72)


def _tiles(page: Page) -> None:
    money = "{{{{ measures.{0} | short }}}}"
    tiles: tuple[tuple[str, str, str | Paragraph, str], ...] = (
        ("revenue_ytd", money.format("revenue_ytd"), _against("revenue_pl_ytd_pct", "revenue_py_ytd_pct"), "deck_spark_revenue"),
        ("gross_margin_pct_ytd", "{{ measures.gross_margin_pct_ytd }}",
         _against("gross_margin_points_ytd_pl", "gross_margin_points_ytd_py"), "deck_spark_margin"),
        ("contribution_ytd", money.format("contribution_ytd"),
         _against("contribution_pl_ytd_pct", "contribution_py_ytd_pct"), "deck_spark_contribution"),
        ("outlook_fy", money.format("outlook_fy"), _against("outlook_fy_vs_plan_pct", None, "{{ texts.deck_plan }} {{ measures.plan_fy | short }}"),
         "deck_spark_outlook"),
        ("nrr", "{{ measures.nrr }}", "{{ texts.deck_gross }} {{ measures.grr }}", "deck_spark_recurring"),
        ("share_of_wallet", "{{ measures.share_of_wallet }}",
         "{{ texts.deck_of_spend }} {{ measures.customer_spend | short }}", "deck_bar_wallet"),
        ("pipeline_coverage", "{% if measures.gap_to_target <= 0 %}{{ texts.deck_covered }}{% else %}{{ measures.pipeline_coverage }}{% endif %}",
         "{{ texts.deck_gap }} {{ measures.gap_to_target | short }}", "deck_bar_coverage"),
        ("objectives_on_track", "{{ measures.objectives_on_track }}",
         "{{ texts.deck_objectives_count }}: {{ measures.objectives_live }}", "deck_bar_objectives"),
    )  # fmt: skip
    heading(page, box(5, 8, BODY_TOP, 1), "{{ texts.deck_key_numbers }}")
    for number, (measure, value, detail, figure) in enumerate(tiles):
        place = box(5 + 2 * (number % 4), 2, BODY_TOP + 0.95 + 3.75 * (number // 4), 3.4)
        _tile(page, place, measure, value, detail, figure, number)


def _against(plan: str, previous: str | None, lead: str = "") -> Paragraph:
    """Return the variances from plan and previous year, each in the colour of its impact."""
    runs = [Run(f"{lead}   ", SMALL, "muted")] if lead else []
    for sign, measure in (("ΔPL", plan), ("ΔPY", previous)):
        if measure:
            runs.append(Run(f"{{% if measures.{measure}.value is not none %}}{sign} ", SMALL, "muted"))
            runs.append(Run(f"{{{{ measures.{measure} | impact | signed }}}}", SMALL, "text", bold=True))
            runs.append(Run("   {% endif %}", SMALL, "muted"))
    return Paragraph(tuple(runs))


def _tile(page: Page, place: Box, measure: str, value: str, detail: str | Paragraph, figure: str, number: int) -> None:
    with page.group(
        place, name=f"Tile {measure}", binding=f"alt: {{{{ measures.{measure}.label }}}} {{{{ measures.{measure} }}}}"
    ):
        page.text(Box(place.left, place.top, place.width, 0.55), f"{{{{ measures.{measure}.label }}}}",
                  name="What", size=BODY, ink="muted", binding="fit: 10-12")  # fmt: skip
        page.text(Box(place.left, place.top + 0.55, place.width, 0.98), value, name="Number", size=TITLE, bold=True,
                  binding="fit: 14-22")  # fmt: skip
        page.text(Box(place.left, place.top + 1.53, place.width, 0.5), detail, name="Reference", size=SMALL, ink="muted",
                  binding="fit: 9-10")  # fmt: skip
        chart = Box(place.left, place.top + 2.15, place.width, 1.2)
        if figure.startswith("deck_spark"):
            sample = small_lines(_SAMPLE, _SAMPLE_PLAN, forecast=2 if figure.endswith("outlook") else 0)
            page.chart(chart, sample, name=f"Course {measure}", binding=f"chart: {figure}")
        else:
            page.chart(Box(chart.left, chart.top + 0.25, chart.width, 0.45), progress_bar(0.3 + number / 15),
                       name=f"Bar {measure}", binding=f"chart: {figure}")  # fmt: skip


def _decisions(page: Page) -> None:
    place = box(5, 8, BODY_TOP + 8.75, 5)
    heading(page, place, "{{ texts.deck_decisions }}")
    table = Table((
        Column("", "{{ texts['deck_level_' ~ (a.level | raw)] | rag('adverse' if a.level == 'red' else '') }}", 1.1, bold=True),
        Column("", "{{ a.message }}", 12),
    ), size=BODY, row=0.85, has_header=False)  # fmt: skip
    page.table(Box(place.left, place.top + 0.75, place.width, 1), table, name="Decisions",
               binding="for: a in alerts\nwhere: a.level != 'green'\norder: level desc\nlimit: 3\nfit: 10-12\n"
                       "empty: {{ texts.deck_no_decisions }}\nalt: {{ texts.deck_alt_decisions }}")  # fmt: skip


# The customer ---------------------------------------------------------------------------------------------------------
def customer(deck: Presentation) -> None:
    """Tell who the customer is, what they want, what we do for them and against whom they stand."""
    page = titled_page(
        deck, "customer", "{{ texts.deck_subject_customer }}", sources=Sources(("customer_spend",), ("Account",))
    )
    _facts(page)
    _position(page)
    _priorities(page)
    finish(page)


def _facts(page: Page) -> None:
    place = box(1, 4, BODY_TOP, 13)
    heading(page, place, "{{ texts.deck_business }}")
    table = Table((
        Column("", "{{ f.label }}", 4.6, ink="muted"),
        Column("", "{{ f }}", 5.4),
    ), size=BODY, row=0.72, has_header=False)  # fmt: skip
    fields = ("industry", "segment", "region", "headquarters", "founded", "employees", "company_revenue", "company_profit",
              "fiscal_year_start", "relationship_since", "customer_spend", "own_market_position", "strategic_fit",
              "review_cadence")  # fmt: skip
    listed = ", ".join(f"account.{name}" for name in fields)
    page.table(Box(place.left, place.top + 0.75, place.width, 1), table, name="Facts",
               binding=f"for: f in [{listed}]\nwhere: not f.is_empty\nfit: 10-12\nalt: {{{{ texts.deck_business }}}}")  # fmt: skip


def _position(page: Page) -> None:
    left, width = columns(5, 4)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_our_position }}")
    blocks: list[str | Paragraph] = []
    for field in ("why_key_account", "what_we_deliver", "what_we_do_not_deliver", "business_history"):
        blocks.extend((
            f"{{%p if account.{field} %}}",
            Paragraph((Run(f"{{{{ account.{field}.label }}}}", BODY, "muted"),), before=6),
            Paragraph((Run(f"{{{{ account.{field} }}}}", BODY),), before=1),
            "{%p endif %}",
        ))  # fmt: skip
    page.text(Box(left, BODY_TOP + 0.8, width, 12.7), blocks, name="Our position", binding="fit: 10-12")


def _priorities(page: Page) -> None:
    left, width = columns(9, 4)
    place = Box(left, BODY_TOP, width, 6)
    heading(page, place, "{{ texts.deck_priorities }}")
    table = Table((
        Column("", "{{ o.objective }}", 7.2),
        Column("", "{{ o.priority }}", 2.4, "r", ink="muted"),
    ), size=BODY, row=0.72, has_header=False)  # fmt: skip
    page.table(Box(left, place.top + 0.75, width, 1), table, name="Priorities",
               binding="for: o in (objectives | where('priority', 'high')) + (objectives | where('priority', 'medium', none)) "
                       "+ (objectives | where('priority', 'low'))\nwhere: o.status != 'dropped'\nlimit: 5\nfit: 10-12\n"
                       "empty: {{ texts.deck_no_objectives }}\nalt: {{ texts.deck_priorities }}")  # fmt: skip
    lower = Box(left, BODY_TOP + 6.6, width, 6)
    heading(page, lower, "{{ texts.deck_their_competitors }}", binding="if: competitors | where('whose', 'customers')")
    rivals = Table((Column("", [Run("{{ c.name }}", BODY, bold=True), Run("{{ c.strengths }}", SMALL, "muted")], 1),),
                   row=1.1, has_header=False)  # fmt: skip
    page.table(Box(left, lower.top + 0.75, width, 1), rivals, name="Their competitors",
               binding="for: c in competitors | where('whose', 'customers')\norder: threat desc\nlimit: 4\n"
                       "alt: {{ texts.deck_their_competitors }}")  # fmt: skip
