"""The customer's objectives, and the people behind them."""

from __future__ import annotations

from pptx.presentation import Presentation

from tools.starter_templates.deck.grid import BODY, BODY_TOP, LEAD, SMALL, Box, box, columns
from tools.starter_templates.deck.page import Page
from tools.starter_templates.deck.parts import Sources, finish, heading, key_number, progress_bar, titled_page
from tools.starter_templates.deck.table import Column, Table
from tools.starter_templates.deck.text import Paragraph, Run

_OBJECTIVE = "(objectives | where('no', m.no) | first)"
_HAS_FLAG = (
    "{%p if (measures.contact_strength | where('no', row.no) | first).status in ['cold', 'never_met'] "
    "or (measures.contact_strength | where('no', row.no) | first).uncovered %}"
)
STRIP = 2.2
"""Height of one objective in centimetres."""


def objectives(deck: Presentation) -> None:
    """Show each of their objectives as a strip: what, from where to where, how far, what we do for it."""
    page = titled_page(
        deck, "objectives", "{{ texts.deck_subject_objectives }}",
        binding="for: part in measures.objective_results | batch(6)\n",
        sources=Sources(("objective_results", "objectives_on_track", "kpi_attainment")),
    )  # fmt: skip
    _strip_heads(page)
    _strip(page, Box(box(1, 12, 0, 0).left, BODY_TOP + 0.72, box(1, 12, 0, 0).width, STRIP))
    finish(page)


_STRIP_COLUMNS = ((1, 4), (5, 3), (8, 2), (10, 3))


def _strip_heads(page: Page) -> None:
    heads = ("deck_objective", "deck_progress_head", "deck_state", "deck_linked_actions")
    for (first, count), head in zip(_STRIP_COLUMNS, heads, strict=True):
        page.text(box(first, count, BODY_TOP, 0.5), f"{{{{ texts.{head} }}}}", name="Heading", size=SMALL, ink="muted",
                  bold=True, anchor="b")  # fmt: skip
    page.rule(box(1, 12, 0, 0).left, BODY_TOP + 0.6, box(1, 12, 0, 0).width, ink="text", weight=1.0)


def _strip(page: Page, place: Box) -> None:
    what, way, state, actions = (columns(*item) for item in _STRIP_COLUMNS)
    with page.group(place, name="Objective", binding="for: m in part\ncolumns: 1\ngap: 0.02"):
        page.text(
            Box(what[0], place.top, what[1], STRIP - 0.12),
            [
                Paragraph((Run(f"{{{{ m.no }}}}  {{{{ {_OBJECTIVE}.objective }}}}", BODY, bold=True),)),
                Paragraph((Run(f"{{{{ {_OBJECTIVE}.kpi }}}}{{% if {_OBJECTIVE}.unit %}} · {{{{ {_OBJECTIVE}.unit }}}}{{% endif %}}",
                               SMALL, "muted"),), before=2),
                f"{{%p if {_OBJECTIVE}.our_solution %}}",
                Paragraph((Run(f"{{{{ {_OBJECTIVE}.our_solution }}}}", SMALL, "muted"),), before=2),
                "{%p endif %}",
            ],
            name="Objective and KPI",
            size=SMALL,
            binding="fit: 9-10",
        )  # fmt: skip
        _way(page, Box(way[0], place.top, way[1], STRIP))
        page.text(
            Box(state[0], place.top, state[1], STRIP - 0.12),
            [
                Paragraph((Run("{{ texts['deck_state_' ~ (m.status | raw)] | rag({'achieved': 'favourable', 'on_track': 'favourable', "
                               "'behind': 'adverse', 'missed': 'adverse'}.get(m.status | raw, '')) }}", LEAD, bold=True),)),
                Paragraph((Run(f"{{% if {_OBJECTIVE}.due %}}{{{{ texts.deck_until }}}} {{{{ {_OBJECTIVE}.due }}}}{{% endif %}}",
                               SMALL, "muted"),), before=2),
                Paragraph((Run(f"{{% if {_OBJECTIVE}.measured_on %}}{{{{ texts.deck_measured }}}} {{{{ {_OBJECTIVE}.measured_on }}}}"
                               "{% endif %}", SMALL, "muted"),), before=1),
            ],
            name="State",
        )  # fmt: skip
        page.text(
            Box(actions[0], place.top, actions[1], STRIP - 0.12),
            [
                "{%p for a in (actions | where('serves', m.no) | where('cancelled', false, none) | sort('due desc'))[:3] %}",
                Paragraph((
                    Run("{{ a.action }}", SMALL),
                    Run("  {{ a.owner }}, {% if a.done_on %}{{ texts.deck_done }} {{ a.done_on }}{% else %}{{ a.due }}{% endif %}",
                        SMALL, "muted"),
                ), before=1),
                "{%p endfor %}",
                "{%p if not (actions | where('serves', m.no)) %}",
                Paragraph((Run("{{ texts.deck_no_action }}", SMALL, "muted"),)),
                "{%p endif %}",
            ],
            name="Linked actions",
            binding="fit: 9-10",
        )  # fmt: skip
        page.rule(place.left, place.top + STRIP - 0.05, place.width)


def _way(page: Page, place: Box) -> None:
    third = place.width / 3
    for number, (field, align, bold) in enumerate(
        (("baseline", "l", False), ("current", "ctr", True), ("target", "r", False))
    ):
        page.text(
            Box(place.left + number * third, place.top, third, 1.05),
            [
                Paragraph((Run(f"{{{{ {_OBJECTIVE}.{field}.label }}}}", SMALL, "muted"),), align),
                Paragraph((Run(f"{{{{ {_OBJECTIVE}.{field} }}}}", BODY, bold=bold),), align),
            ],
            name=field.capitalize(),
        )
    page.chart(Box(place.left, place.top + 1.08, place.width, 0.4), progress_bar(0.55, 0.7), name="Progress",
               binding="chart: deck_objective_bullet(no=m.no)\nalt: {{ m.no }}: {{ texts.deck_progress }} {{ m.progress }}, "
                       "{{ texts.deck_expected }} {{ m.expected }}")  # fmt: skip
    page.text(
        Box(place.left, place.top + 1.52, place.width, 0.45),
        "{% if m.progress.value is not none and m.status != 'not_measurable' %}{{ texts.deck_progress }} {{ m.progress | percent(0) }}"
        "{% if m.expected.value is not none %}, {{ texts.deck_expected }} {{ m.expected | percent(0) }}{% endif %}"
        "{% else %}{{ texts.deck_not_measurable }}{% endif %}",
        name="Progress in words", size=SMALL, ink="muted", binding="fit: 8-10",
    )  # fmt: skip


# People ---------------------------------------------------------------------------------------------------------------
def people(deck: Presentation) -> None:
    """Map the people by reporting line, and name those who go cold."""
    page = titled_page(deck, "people", "{{ texts.deck_subject_people }}", binding="if: contacts\n", sources=Sources((
        "relationship_strength", "decision_maker_coverage", "threads", "contacts_cold", "contact_strength",
    )))  # fmt: skip
    _map(page)
    _relationship_numbers(page)
    finish(page)


def _map(page: Page) -> None:
    area = box(1, 9, BODY_TOP, 12.6)
    with page.group(area, name="Relationship map", binding="map: deck_people\nalt: {{ texts.deck_alt_people }}"):
        page.text(
            Box(area.left, area.top, 3.3, 2.0),
            [
                Paragraph((Run("{{ row.name }}", SMALL, bold=True),), "ctr"),
                Paragraph((Run("{{ row.title }}", SMALL),), "ctr"),
                _HAS_FLAG,
                Paragraph((Run(
                    "{% set s = measures.contact_strength | where('no', row.no) | first %}"
                    "{% if s.status == 'never_met' %}{{ texts.deck_never_met }}"
                    "{% elif s.status == 'cold' %}{{ texts.deck_cold }}{% endif %}"
                    "{% if s.uncovered and not row.counterpart %} · {{ texts.deck_uncovered }}{% endif %}", SMALL, bold=True,
                ),), "ctr"),
                "{%p endif %}",
            ],
            name="Person", fill="surface", edge="muted", edge_width=1.0, shape="roundRect", corner=7000, size=SMALL, anchor="ctr",
            insets=(0.1, 0.05), binding="fit: 8-10",
        )  # fmt: skip
        page.connector(Box(area.left + 1.5, area.top + 1.95, 5, 2.25), name="Reports to", ink="muted", weight=1.0,
                       geometry="bentConnector3")  # fmt: skip
    inks = (("state_2", "deck_sentiment_2"), ("state_1", "deck_sentiment_1"), ("state_0", "deck_sentiment_0"),
            ("state_m1", "deck_sentiment_m1"), ("state_m2", "deck_sentiment_m2"))  # fmt: skip
    for number, (ink, words) in enumerate(inks):
        page.swatch(Box(area.left + number * 3.5, area.bottom + 0.6, 0.3, 0.3), ink)
        page.text(Box(area.left + number * 3.5 + 0.42, area.bottom + 0.5, 3.1, 0.5), f"{{{{ texts.{words} }}}}", name="Legend",
                  size=SMALL, ink="muted", anchor="ctr")  # fmt: skip
    page.text(Box(area.left + 17.6, area.bottom + 0.5, area.width - 17.6, 0.5), "{{ texts.deck_ring }}", name="Legend", size=SMALL,
              ink="muted", anchor="ctr")  # fmt: skip


def _relationship_numbers(page: Page) -> None:
    left, width = columns(10, 3)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_relationship }}")
    half = (width - 0.5) / 2
    numbers = (
        (
            "relationship_strength",
            "{{ measures.relationship_strength }}{% if measures.relationship_strength.value is not none %} / 100{% endif %}",
        ),
        ("decision_maker_coverage", "{{ measures.decision_maker_coverage | percent(0) }}"),
        ("threads", "{{ measures.threads }}"),
        ("contacts_cold", "{{ measures.contacts_cold }} / {{ measures.contacts_active }}"),
    )
    for number, (measure, value) in enumerate(numbers):
        place = Box(left + (number % 2) * (half + 0.5), BODY_TOP + 0.95 + (number // 2) * 2.1, half, 1.9)
        key_number(page, place, f"{{{{ texts.deck_{measure} }}}}", value, "")
    top = BODY_TOP + 5.4
    heading(page, Box(left, top, width, 1), "{{ texts.deck_next_contact }}")
    table = Table((
        Column("{{ texts.deck_person }}", "{{ (contacts | where('no', c.no) | first).name }}", 3.4, bold=True),
        Column("{{ texts.deck_days_since }}", "{% if c.status == 'never_met' %}{{ texts.deck_never }}{% else %}{{ c.days_since | number(0) }}{% endif %}", 1.7, "r"),
        Column("{{ texts.deck_counterpart }}", "{{ (contacts | where('no', c.no) | first).counterpart }}", 2.6),
    ), size=SMALL, row=0.7)  # fmt: skip
    page.table(Box(left, top + 0.75, width, 1), table, name="Contacts to renew",
               binding="for: c in measures.contact_strength\nwhere: c.cold\nlimit: 7\nfit: 10-12\n"
                       "empty: {{ texts.deck_all_warm }}\nalt: {{ texts.deck_next_contact }}")  # fmt: skip
