"""What stands in the way and what happens next: issues, risks, actions, effort, reviews, gaps of the plan."""

from __future__ import annotations

from pptx.presentation import Presentation

from tools.starter_templates.deck.charts import ACTUAL, PLAN, Chart, Plot, Series
from tools.starter_templates.deck.grid import BODY, BODY_TOP, SMALL, Box, box, columns
from tools.starter_templates.deck.page import Page
from tools.starter_templates.deck.parts import Sources, finish, heading, key_number, titled_page
from tools.starter_templates.deck.table import Column, Table
from tools.starter_templates.deck.text import Paragraph, Run


def issues(deck: Presentation) -> None:
    """List issues, open and late ones first, beside how service does."""
    page = titled_page(deck, "service", "{{ texts.deck_subject_issues }}", binding="if: issues or service_levels\n", sources=Sources((
        "issues_within_sla", "issues_open", "issues_satisfied", "service_levels_met", "issue_list", "service_levels_by_measure",
    )))  # fmt: skip
    place = box(1, 8, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_issues }}")
    issue = "(issues | where('no', i.no) | first)"
    table = Table((
        Column("{{ texts.deck_severity }}", f"{{{{ {issue}.severity }}}}", 1.9),
        Column("{{ texts.deck_issue }}", f"{{{{ {issue}.what }}}}", 6, bold=True),
        Column("{{ texts.deck_owner }}", f"{{{{ {issue}.owner }}}}", 2.8),
        Column("{{ texts.deck_due }}", "{{ i.due }}", 2.7, "r"),
        Column("{{ texts.deck_state }}",
               f"{{% if {issue}.resolved %}}{{{{ texts.deck_resolved }}}} {{{{ {issue}.resolved }}}}{{% elif i.days_overdue > 0 %}}"
               "{{ texts.deck_late ~ ' ' ~ i.days_overdue | rag('adverse') }}{% else %}{{ texts.deck_open }}{% endif %}", 4.1),
    ), size=SMALL, row=0.7)  # fmt: skip
    page.table(Box(place.left, place.top + 0.75, place.width, 1), table, name="Issues",
               binding="for: i in measures.issue_list\nfit: 10-12\nempty: {{ texts.deck_no_issues }}\nalt: {{ texts.deck_issues }}")  # fmt: skip
    left, width = columns(9, 4)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_service }}")
    half = (width - 0.5) / 2
    numbers = (
        ("{{ texts.deck_within_sla }}", "{{ measures.issues_within_sla | percent(0) }}"),
        ("{{ texts.deck_satisfied }}", "{{ measures.issues_satisfied | percent(0) }}"),
        ("{{ texts.deck_levels_met }}", "{{ measures.service_levels_met | percent(0) }}"),
        ("{{ texts.deck_days_to_resolve }}", "{{ measures.issues_days_to_resolve | number(0) }}"),
    )
    for number, (label, value) in enumerate(numbers):
        key_number(page, Box(left + (number % 2) * (half + 0.5), BODY_TOP + 0.95 + (number // 2) * 2.1, half, 1.9), label, value, "",
                   )  # fmt: skip
    levels = Table((
        Column("{{ texts.deck_level_measure }}", "{{ s.measure }}", 4.4),
        Column("{{ texts.deck_months_met }}", "{{ s.value | percent(0) }}", 2, "r", bold=True),
    ), size=SMALL, row=0.7)  # fmt: skip
    page.table(Box(left, BODY_TOP + 5.4, width, 1), levels, name="Service levels",
               binding="for: s in measures.service_levels_by_measure\nfit: 10-12\nalt: {{ texts.deck_service }}")  # fmt: skip
    finish(page)


def risks(deck: Presentation) -> None:
    """Place risks by likelihood and impact, and say what is done about each."""
    page = titled_page(
        deck, "deck_risks", "{{ texts.deck_subject_risks }}", binding="if: risks\n", sources=Sources(("risk_list",))
    )
    place = box(1, 4, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_matrix }}")
    side = place.width
    area = Box(place.left, place.top + 1.0, place.width, place.width * 0.85)
    _heat(page, area)
    with page.group(area, name="Risk matrix", binding="grid: deck_risks\nalt: {{ texts.deck_alt_risks }}"):
        page.text(Box(area.left, area.top, side / 5, side / 5), Paragraph((Run("{{ node.label }}", BODY, bold=True),), "ctr"),
                  name="Cell", edge="background", anchor="ctr", binding="fit: 8-12")  # fmt: skip
        page.text(Box(area.left + side / 5, area.top, side / 5, 0.6), Paragraph((Run("{{ title }}", SMALL, "muted"),), "ctr"),
                  name="Title of row or column", anchor="ctr")  # fmt: skip
    page.text(
        Box(place.left, area.bottom + 0.2, place.width, 0.5),
        "{{ texts.deck_matrix_axes }}",
        name="Axes",
        size=SMALL,
        ink="muted",
    )
    left, width = columns(5, 8)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_risks }}")
    risk = "(risks | where('no', r.no) | first)"
    table = Table((
        Column("{{ texts.deck_no }}", "{{ r.no }}", 1.1, bold=True),
        Column("{{ texts.deck_risk }}", f"{{{{ {risk}.risk }}}}", 4.6, bold=True),
        Column("{{ texts.deck_weighing }}", f"{{{{ {risk}.likelihood }}}} × {{{{ {risk}.impact }}}}", 1.5, "r"),
        Column("{{ texts.deck_mitigation }}", [f"{{{{ {risk}.mitigation }}}}", f"{{%p if {risk}.save_plan %}}",
                                                 Run(f"{{{{ {risk}.save_plan.label }}}}: {{{{ {risk}.save_plan }}}}", ink="muted"), "{%p endif %}"], 6.4),
        Column("{{ texts.deck_owner }}", f"{{{{ {risk}.owner }}}}", 2.5),
        Column("{{ texts.deck_due }}", f"{{{{ {risk}.due }}}}", 2.1, "r"),
    ), size=SMALL, row=0.72)  # fmt: skip
    page.table(Box(left, BODY_TOP + 0.75, width, 1), table, name="Risks",
               binding="for: r in measures.risk_list\nfit: 10-12\nalt: {{ texts.deck_risks }}")  # fmt: skip
    finish(page)


def _heat(page: Page, area: Box) -> None:
    """Shade the matrix behind its cells: the engine gives titles a fifth of the width and at most a centimetre above."""
    left, top = area.left + area.width * 0.2, area.top + 1.0
    width, height = area.width * 0.8 / 5, (area.height - 1.0) / 5
    for row in range(5):
        for column in range(5):
            weight = (5 - row) * (column + 1)
            ink = "state_m1" if weight >= 15 else "caution_pale" if weight >= 8 else "surface"
            page.bar(
                Box(left + column * width, top + row * height, width - 0.07, height - 0.07), name="Shade", fill=ink
            )


def actions(deck: Presentation) -> None:
    """List who does what by when, late ones first; done ones of the last weeks with their outcome."""
    page = titled_page(deck, "actions", "{{ texts.deck_subject_actions }}", sources=Sources((
        "action_list", "actions_overdue", "actions_slipped", "actions_on_time", "outcome_rate",
    )))  # fmt: skip
    action = "(actions | where('no', a.no) | first)"
    table = Table((
        Column("{{ texts.deck_no }}", "{{ a.no }}", 1.1, ink="muted"),
        Column("{{ texts.deck_action }}", f"{{{{ {action}.action }}}}", 7.2, bold=True),
        Column("{{ texts.deck_serves }}", f"{{{{ {action}.serves }}}}", 4.6, ink="muted"),
        Column("{{ texts.deck_who }}", f"{{{{ {action}.owner }}}}{{% if {action}.side == 'theirs' %}} ({{{{ {action}.side }}}}){{% endif %}}", 3.4),
        Column("{{ texts.deck_due }}", f"{{{{ {action}.due }}}}{{% if a.no in measures.slips_by_action %}}"
               "\n{{ texts.deck_slipped }} {{ measures.slips_by_action[a.no].days }}{% endif %}", 2.8, "r"),
        Column("{{ texts.deck_state }}",
               "{% if a.status == 'overdue' %}{{ texts.deck_late ~ ' ' ~ a.days_overdue | rag('adverse') }}"
               f"{{% elif a.status == 'done' %}}{{{{ texts.deck_done }}}} {{{{ {action}.done_on }}}}{{% else %}}{{{{ texts.deck_open }}}}{{% endif %}}", 3.2),
        Column("{{ texts.deck_outcome }}", f"{{{{ {action}.outcome }}}}{{% if {action}.result %}}: {{{{ {action}.result }}}}{{% endif %}}", 5),
    ), size=SMALL, row=0.7)  # fmt: skip
    page.table(box(1, 12, BODY_TOP, 1), table, name="Actions",
               binding="for: a in measures.action_list\nfit: 10-12\nempty: {{ texts.deck_no_actions }}\nalt: {{ texts.deck_alt_actions }}")  # fmt: skip
    finish(page)


def resources(deck: Presentation) -> None:
    """Compare the days given with the days planned, by person."""
    page = titled_page(
        deck, "resources", "{{ texts.deck_subject_resources }}", binding="if: measures.offer_creep_by_person\n",
        sources=Sources(("offer_creep", "offer_creep_pct", "offer_creep_cost", "resource_cost", "offer_creep_by_person"), ("Team",)),
    )  # fmt: skip
    place = box(1, 5, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_days_heading }}")
    page.chart(
        Box(place.left, place.top + 0.9, place.width, 9),
        Chart(("Ana", "Ben", "Chie", "Dirk"), (Plot("bar", (
            Series("PL", (20, 15, 10, 8), PLAN),
            Series("AC", (26, 14, 12, 8), ACTUAL, label="outEnd"),
        ), gap=45, overlap=0),), room=(0.3, 0.02, 0.6, 0.96)),
        name="Days by person", binding="chart: deck_days_by_person",
    )  # fmt: skip
    numbers = (
        ("{{ texts.deck_creep }}", "{{ measures.offer_creep | signed }}", "{{ measures.offer_creep_pct | signed }}"),
        ("{{ texts.deck_creep_cost }}", "{{ measures.offer_creep_cost | short }}", "{{ texts.deck_creep_detail }}"),
        ("{{ texts.deck_resource_cost }}", "{{ measures.resource_cost | short }}", "{{ texts.deck_cost_detail }}"),
    )
    third = (place.width - 1.0) / 3
    for number, (label, value, detail) in enumerate(numbers):
        key_number(page, Box(place.left + number * (third + 0.5), BODY_TOP + 11, third, 2.6), label, value, detail)
    left, width = columns(6, 7)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_team }}")
    table = Table(_TEAM, size=SMALL, row=0.7)
    page.table(Box(left, BODY_TOP + 0.75, width, 1), table, name="Team",
               binding="for: p in team\nfit: 10-12\nalt: {{ texts.deck_team }}")  # fmt: skip
    finish(page)


def team(deck: Presentation) -> None:
    """List the team where nobody has planned days yet."""
    page = titled_page(deck, "resources", "{{ texts.deck_subject_team }}", sources=Sources((), ("Team",)),
                       binding="if: team and not measures.offer_creep_by_person\n")  # fmt: skip
    table = Table((
        *_TEAM,
        Column("{{ texts.deck_email }}", "{{ p.email }}", 5, ink="muted"),
        Column("{{ texts.deck_phone }}", "{{ p.phone }}", 3.4, ink="muted"),
    ), size=BODY, row=0.8)  # fmt: skip
    page.table(
        box(1, 12, BODY_TOP, 1), table, name="Team", binding="for: p in team\nfit: 10-12\nalt: {{ texts.deck_team }}"
    )
    finish(page)


_TEAM = (
    Column("{{ texts.deck_person }}", "{{ p.name }}", 3.4, bold=True),
    Column("{{ texts.deck_role }}", "{{ p.role }}", 3.8),
    Column("{{ texts.deck_responsible }}", "{{ p.responsibility }}", 6),
)


def reviews(deck: Presentation) -> None:
    """Show what was agreed in reviews and which dates come next."""
    page = titled_page(deck, "reviews", "{{ texts.deck_subject_reviews }}", binding="if: reviews or contracts\n", sources=Sources((
        "days_since_review", "review_overdue", "renewals_by_contract", "renewal_value_90",
    )))  # fmt: skip
    place = box(1, 6, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_reviews }}")
    table = Table((
        Column("{{ texts.deck_date }}", "{{ v.held_on }}", 2.6),
        Column("{{ texts.deck_review_kind }}", "{{ v.kind }}", 2.8, bold=True),
        Column("{{ texts.deck_agreed }}", "{{ v.agreed }}", 6.6),
        Column("{{ texts.deck_score }}", "{{ v.score }}", 1.4, "r"),
    ), size=SMALL, row=0.72)  # fmt: skip
    page.table(Box(place.left, place.top + 0.75, place.width, 1), table, name="Reviews",
               binding="for: v in reviews\norder: held_on desc\nlimit: 6\nfit: 10-12\nempty: {{ texts.deck_no_reviews }}\n"
                       "alt: {{ texts.deck_reviews }}")  # fmt: skip
    left, width = columns(7, 6)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_contracts }}")
    contract = "(contracts | where('no', k.no) | first)"
    renewals = Table((
        Column("{{ texts.deck_act_by }}", "{{ k.act_by }}", 2.8, "r", bold=True),
        Column("{{ texts.deck_contract }}", f"{{{{ {contract}.contract }}}}", 4.6),
        Column("{{ texts.deck_ends }}", f"{{{{ {contract}.ends_on }}}}", 2.8, "r"),
        Column("{{ texts.deck_value_thousand }}", f"{{{{ ({contract}.yearly_value / 1000) | number(0) }}}}", 2.2, "r"),
        Column("{{ texts.deck_state }}", "{{ texts['deck_window_' ~ (k.status | raw)] | rag('adverse' if not k.covered and k.status != 'later' else '') }}"
               "{% if not k.covered and k.status != 'later' %} – {{ texts.deck_not_covered }}{% endif %}", 4.2),
    ), size=SMALL, row=0.72)  # fmt: skip
    page.table(Box(left, BODY_TOP + 0.75, width, 1), renewals, name="Contracts",
               binding="for: k in measures.renewals_by_contract\nfit: 10-12\nempty: {{ texts.deck_no_contracts }}\nalt: {{ texts.deck_contracts }}")  # fmt: skip
    finish(page)


def missing(deck: Presentation) -> None:
    """Say what a draft still lacks; final documents have no such page."""
    page = titled_page(
        deck, "deck_missing", "{{ texts.deck_subject_missing }}", binding="if: document.is_draft\n", sources=Sources()
    )
    place = box(1, 4, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_sections }}")
    sections = Table((
        Column("{{ texts.deck_section }}", "{{ s.title }}", 5),
        Column("{{ texts.deck_filled }}", "{{ s.filled }} / {{ s.required }}", 2.4, "r"),
        Column("%", "{{ s.share | percent(0) }}", 1.8, "r", bold=True),
    ), size=BODY, row=0.7)  # fmt: skip
    page.table(Box(place.left, place.top + 0.75, place.width, 1), sections, name="Sections",
               binding="for: s in completeness.sections\nwhere: s.filled < s.required\norder: share\nfit: 10-12\nalt: {{ texts.deck_sections }}")  # fmt: skip
    left, width = columns(5, 8)
    heading(
        page,
        Box(left, BODY_TOP, width, 1),
        "{{ texts.deck_to_do }}  ({{ [16, findings | length] | min }} / {{ findings | length }})",
    )
    table = Table((
        Column("{{ texts.deck_place }}", "{{ f.place }}", 3.4, ink="muted"),
        Column("{{ texts.deck_what }}", "{{ f.message }}", 12),
    ), size=SMALL, row=0.7)  # fmt: skip
    page.table(Box(left, BODY_TOP + 0.75, width, 1), table, name="To do",
               binding="for: f in (findings | where('severity', 'error')) + (findings | where('severity', 'warning')) "
                       "+ (findings | where('severity', 'prompt'))\nrows: 16\nlimit: 16\nalt: {{ texts.deck_to_do }}")  # fmt: skip
    finish(page)
