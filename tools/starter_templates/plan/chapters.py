"""The plan's chapters: the computed view first, the narrative after; a chapter without content leaves no trace."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document
from docx.table import Table

from tools.starter_templates.plan.charts import months_chart
from tools.starter_templates.plan.drawings import add_chart
from tools.starter_templates.plan.paper import TEXT_WIDTH, add, add_facts, add_table, fill_money_table, tag

_SHOWN_PER_SHEET = 15
"""Changes of one sheet that the plan lists."""
Column = tuple[str, str, float, bool]
_LINE_AND_PRODUCT = "{{ c.line }}{% if c.product %} · {{ c.product }}{% endif %}"
_KPI = "{{ o.kpi }}{% if o.unit and (o.unit ~ '') | lower not in (o.kpi ~ '') | lower %} ({{ o.unit }}){% endif %}"
_RESULT = "measures.objective_results[o.no].status ~ ''"
_STATE = (
    "{% if o.no in measures.objective_results %}"
    f"{{{{ texts['deck_state_' ~ {_RESULT}]"
    f" | rag({{'missed': 'red', 'behind': 'amber', 'not_measurable': ''}}.get({_RESULT}, 'green')) }}}}"
    "{% else %}{{ o.status }}{% endif %}"
)
_RIVAL = (
    "{% for x in whitespace | where('product', w.product) | where('unit', w.unit) if x.competitor %}"
    " · {{ x.competitor }}{% endfor %}"
)
_LATEST = (
    "service_levels | where('measure', s.measure) | selectattr('actual', 'ne', none) | sort('period desc') | top(1)"
)
_AGREED = "{{ '≤' if x.better == 'lower' else '≥' }} {{ x.agreed }} {{ x.unit }}"
_UNDONE = "actions | rejectattr('cancelled') | rejectattr('done_on', 'le', as_of)"
_DONE = "actions | rejectattr('cancelled') | selectattr('done_on', 'le', as_of)"


def _opening(document: Document, kicker: str, headline: str, *, new_page: bool = True) -> None:
    add(document, _text(kicker), style="Kicker New Page" if new_page else "Kicker")
    add(document, f"{{{{ headlines.{headline} }}}}", style="Heading 1")


def _text(name: str) -> str:
    return f"{{{{ texts.plan_{name} }}}}"


def _narrative(document: Document, heading: str, value: str) -> None:
    """A second-level heading with a text below it, both left out when the text is empty."""
    tag(document, f"if {value}")
    add(document, _text(heading), style="Heading 2")
    add(document, f"{{{{ {value} }}}}")
    tag(document, "endif")


def _listed(
    document: Document,
    heading: str | None,
    columns: Sequence[Column],
    loop: str,
    *,
    when: str,
    description: str,
    together: bool = False,
) -> None:
    """A table under an optional heading, both left out when there are no rows."""
    tag(document, f"if {when}")
    if heading is not None:
        add(document, _text(heading), style="Heading 2")
    add_table(document, columns, loop, description=description, together=together)
    add(document, "", style="Note")
    tag(document, "endif")


def summary(document: Document) -> None:
    """One page: health, the numbers that matter, what needs a decision, what is missing."""
    _opening(document, "summary", "account_page")
    add(document, "{{ texts.plan_health_line }}", style="Subject")
    rows = (
        ("revenue", "revenue_ytd", "revenue_ytd_pl", "revenue_pl_ytd_pct", "revenue_ytd_py"),
        ("margin", "gross_margin_ytd", "gross_margin_ytd_pl", "gross_margin_pl_ytd_pct", "gross_margin_ytd_py"),
        ("contribution", "contribution_ytd", "contribution_ytd_pl", "contribution_pl_ytd_pct", "contribution_ytd_py"),
        ("outlook", "outlook_fy", "plan_fy", "outlook_fy_vs_plan_pct", ""),
    )
    table = document.add_table(rows=0, cols=6)
    _money_rows(document, table, rows)
    add(document, "", style="Note")
    add_facts(
        document,
        (
            (_text("share_of_wallet"), "measures.share_of_wallet"),
            (_text("retention"), "measures.nrr"),
            (_text("strength"), "measures.relationship_strength"),
            (_text("decision_makers"), "measures.decision_maker_coverage"),
            (_text("objectives_on_track"), "measures.objectives_on_track"),
            (_text("actions_on_time"), "measures.actions_on_time_ours"),
            (_text("within_sla"), "measures.issues_within_sla"),
            (_text("completeness"), "completeness.completeness"),
        ),
        description=_text("key_numbers"),
    )
    add(document, _text("decisions"), style="Heading 2")
    tag(document, "if not alerts")
    add(document, _text("no_decisions"), style="Note")
    tag(document, "endif")
    tag(document, "for alert in (alerts | where('level', 'red', 'amber') | top(6))")
    add(document, "{{ texts['deck_level_' ~ alert.level] | rag(alert.level) }}", "  {{ alert.message }}")
    tag(document, "endfor")
    tag(document, "if document.is_draft")
    _missing(document)
    tag(document, "endif")


def _missing(document: Document) -> None:
    """The sections that are not complete, the emptiest first; the to-do list names the cells."""
    add(document, _text("missing"), style="Heading 2")
    add_table(
        document,
        (
            (_text("missing_sheet"), "{{ s.title }}", 80, False), (_text("missing_filled"), "{{ s.filled }}", 30, True),
            (_text("missing_required"), "{{ s.required }}", 30, True),
            (_text("missing_share"), "{{ s.share | percent(0) }}", 30, True),
        ),
        "s in completeness.sections | sort('share') if s.filled < s.required",
        description=_text("missing"), together=True,
    )  # fmt: skip
    add(document, _text("missing_line"), style="Note")


def _money_rows(document: Document, table: Table, rows: Sequence[tuple[str, str, str, str, str]]) -> None:
    heads = ("{{ texts.plan_money_head }}", "AC", "PL", "ΔPL", "ΔPL %", "ΔPY")
    lines = []
    for name, actual, plan, share, previous in rows:
        year = f"{{{{ (measures.{actual} - measures.{previous}) | signed | impact }}}}" if previous else ""
        lines.append(
            (
                f"{{{{ texts.plan_money_{name} }}}}",
                f"{{{{ measures.{actual} }}}}",
                f"{{{{ measures.{plan} }}}}",
                f"{{{{ (measures.{actual} - measures.{plan}) | signed | impact }}}}",
                f"{{{{ measures.{share} | signed | impact }}}}",
                year,
            )
        )
    fill_money_table(document, table, heads, lines, (50, 26, 26, 26, 16, 26))


def changes(document: Document) -> None:
    """What is new since the edition that held anything else; the first edition has no such chapter."""
    tag(document, "if changes")
    _opening(document, "changes", "since_last_edition")
    add(document, _text("changes_line"), style="Subject")
    what = (
        "{% if c.key %}{{ c.key }}  {% endif %}{% if c.name %}{{ c.name }}{% if c.field %}: {% endif %}{% endif %}"
        "{% if c.field %}{{ c.field }}{% endif %}"
    )
    kind = "{% if c.kind != 'changed' %}{{ texts['deck_change_' ~ (c.kind | raw)] }}{% endif %}"
    cells = (
        ("where", "{% if c.place == 1 %}{{ c.table }}{% endif %}", 28),
        ("what", _unless_last(what, "… {{ c.of - c.place + 1 }} {{ texts.deck_more_changes }}"), 52),
        ("before", _unless_last("{{ (c.old ~ '') | truncate(160) }}"), 45),
        ("now", _unless_last(kind + "{% if c.kind == 'changed' %}{{ (c.new ~ '') | truncate(160) }}{% endif %}"), 45),
    )
    columns = [(f"{{{{ texts.deck_{name} }}}}", cell, width, False) for name, cell, width in cells]
    loop = f"c in changes | selectattr('place', 'le', {_SHOWN_PER_SHEET})"
    add_table(document, columns, loop, description=_text("changes"))
    add(document, "", style="Note")
    tag(document, "endif")


def _unless_last(written: str, last: str = "") -> str:
    """Return what a cell says but in the last line of a sheet with more changes than are shown."""
    is_last = f"c.place == {_SHOWN_PER_SHEET} and c.of > {_SHOWN_PER_SHEET}"
    return f"{{% if {is_last} %}}{last}{{% else %}}{written}{{% endif %}}"


def account(document: Document) -> None:
    """Who they are, why they matter, what we deliver and what not."""
    _opening(document, "account", "customer", new_page=False)
    add_facts(
        document,
        (
            (_text("tier"), "account.tier"), (_text("segment"), "account.segment"), (_text("region"), "account.region"),
            (_text("industry"), "account.industry"), (_text("owner"), "account.owner"),
            (_text("deputy"), "account.deputy"), (_text("sponsor"), "account.sponsor"),
            (_text("period"), "account.plan_starts_on"), (_text("headquarters"), "account.headquarters"),
            (_text("employees"), "account.employees"), (_text("company_revenue"), "account.company_revenue"),
            (_text("spend"), "account.customer_spend"), (_text("position"), "account.own_market_position"),
        ),
        description=_text("account"),
    )  # fmt: skip
    _narrative(document, "why", "account.why_key_account")
    _narrative(document, "deliver", "account.what_we_deliver")
    _narrative(document, "not_deliver", "account.what_we_do_not_deliver")
    _narrative(document, "business", "account.business_history")


def objectives(document: Document) -> None:
    """Their objectives, measured, then each with what we do about it."""
    tag(document, "if objectives")
    _opening(document, "objectives", "objectives", new_page=False)
    add_table(
        document,
        (
            (_text("objective"), "{{ o.objective }}", 45, False), (_text("kpi"), _KPI, 32, False),
            (_text("baseline"), "{{ o.baseline }}", 17, True), (_text("current"), "{{ o.current }}", 17, True),
            (_text("target"), "{{ o.target }}", 14, True), (_text("due"), "{{ o.due }}", 22, True),
            (_text("state"), _STATE, 23, False),
        ),
        "o in objectives", description=_text("objectives"), together=True,
    )  # fmt: skip
    add(document, "", style="Note")
    details = ("challenges", "solutions_tried", "our_solution", "success_measure")
    tag(document, f"for o in objectives if {' or '.join(f'o.{name}' for name in details)}")
    add(document, "{{ o.no }}  {{ o.objective }}", style="Heading 2")
    add_facts(document, [(_text(name), f"o.{name}") for name in details], description="{{ o.objective }}")
    add(document, "", style="Note")
    tag(document, "endfor")
    tag(document, "endif")


def people(document: Document) -> None:
    """Whom we know, how well, and who keeps the contact."""
    tag(document, "if contacts")
    _opening(document, "people", "people", new_page=False)
    add_table(
        document,
        (
            (_text("name"), "{{ c.name }}", 36, False), (_text("title"), "{{ c.title }}", 40, False),
            (_text("role"), "{{ c.decision_role }}", 26, False), (_text("influence"), "{{ c.influence }}", 18, True),
            (_text("sentiment"), "{{ c.sentiment | signed }}", 20, True),
            (_text("counterpart"), "{{ c.counterpart }}", 30, False),
        ),
        "c in contacts", description=_text("people"),
    )  # fmt: skip
    add(document, "", style="Note")
    _listed(
        document, "ways_in",
        (
            (_text("name"), "{{ c.name }}", 36, False), (_text("what_is_in_it"), "{{ c.what_is_in_it }}", 70, False),
            (_text("best_way_in"), "{{ c.best_way_in }}", 64, False),
        ),
        "c in contacts if c.what_is_in_it or c.best_way_in",
        when="contacts | where('what_is_in_it') or contacts | where('best_way_in')", description=_text("ways_in"),
    )  # fmt: skip
    tag(document, "endif")


def performance(document: Document) -> None:
    """Actual against plan and previous year: the year by month, then line by line."""
    tag(document, "if financials")
    _opening(document, "performance", "performance", new_page=False)
    add(document, _text("performance_subject"), style="Subject")
    add_chart(document, months_chart(), "Revenue by month", "chart: deck_revenue_months", (TEXT_WIDTH, 70))
    add(document, _text("chart_note"), style="Note")
    _listed(
        document, "variances",
        (
            (_text("line"), "{{ v.line if v.level else texts.deck_total }}", 50, False),
            ("AC", "{{ v.actual }}", 26, True),
            ("PL", "{{ v.against }}", 26, True), ("ΔPL", "{{ v.absolute | rag(v.impact) | signed }}", 26, True),
            ("ΔPL %", "{{ v.percent | signed }}", 18, True),
            (_text("weight"), "{% if v.material %}{{ texts.plan_material }}{% endif %}", 24, False),
        ),
        "v in variances.lines if v.span == 'ytd' and v.reference == 'PL' and v.level < 2",
        when="variances.lines", description=_text("variances"),
    )  # fmt: skip
    _listed(
        document, "comments",
        (
            (_text("line"), _LINE_AND_PRODUCT, 42, False), (_text("driver"), "{{ c.driver }}", 28, False),
            (_text("cause"), "{{ c.cause }}", 54, False), (_text("action"), "{{ c.action }}", 46, False),
        ),
        "c in commentary", when="commentary", description=_text("comments"),
    )  # fmt: skip
    tag(document, "endif")


def growth(document: Document) -> None:
    """What is open: whitespace and pipeline."""
    tag(document, "if opportunities or whitespace")
    _opening(document, "growth", "pipeline", new_page=False)
    _listed(
        document, "opportunities",
        (
            (_text("opportunity"), "{{ o.name }}", 58, False), (_text("stage"), "{{ o.stage }}", 28, False),
            (_text("closes"), "{{ o.expected_close }}", 24, False), (_text("value"), "{{ o.yearly_value }}", 30, True),
            (_text("owner"), "{{ o.owner }}", 30, False),
        ),
        "o in opportunities if o.stage not in ['won', 'lost', 'no_decision']", when="opportunities",
        description=_text("opportunities"),
    )  # fmt: skip
    _listed(
        document, "whitespace",
        (
            (_text("product"), "{{ w.product }}", 34, False), (_text("unit"), "{{ w.unit }}", 28, False),
            (_text("served"), "{{ w.current | number(0) }}", 24, True),
            (_text("potential"), "{{ w.potential | number(0) }}", 24, True),
            (_text("open"), "{{ w.open | number(0) }}", 24, True),
            (_text("state"), "{{ texts['deck_whitespace_' ~ w.status] }}" + _RIVAL, 36, False),
        ),
        "w in measures.whitespace_grid | sort('open desc') if w.status != 'no_fit'", when="whitespace",
        description=_text("whitespace"),
    )  # fmt: skip
    _listed(
        document, "contracts",
        (
            (_text("contract"), "{{ c.contract }}", 66, False), (_text("ends"), "{{ c.ends_on }}", 26, False),
            (_text("notice"), "{{ c.notice_days }}", 24, True), (_text("value"), "{{ c.yearly_value }}", 30, True),
            (_text("outcome"), "{{ c.outcome }}", 24, False),
        ),
        "c in contracts", when="contracts", description=_text("contracts"), together=True,
    )  # fmt: skip
    tag(document, "endif")


def delivery(document: Document) -> None:
    """What we agreed to do, and how well we serve."""
    tag(document, "if actions")
    _opening(document, "actions", "actions", new_page=False)
    _listed(
        document, "undone",
        (
            (_text("action"), "{{ a.action }}", 62, False), (_text("serves"), "{{ a.serves }}", 50, False),
            (_text("owner"), "{{ a.owner }}", 30, False),
            (_text("due"), "{{ a.due | rag('red' if a.due < as_of else '') }}", 28, True),
        ),
        f"a in {_UNDONE} | sort('due')", when=f"{_UNDONE} | list", description=_text("undone"),
    )  # fmt: skip
    _listed(
        document, "done_actions",
        (
            (_text("action"), "{{ a.action }}", 53, False), (_text("serves"), "{{ a.serves }}", 37, False),
            (_text("result"), "{{ a.result }}", 29, False), (_text("owner"), "{{ a.owner }}", 27, False),
            (_text("done"), "{{ a.done_on }}", 24, True),
        ),
        f"a in {_DONE} | sort('done_on desc')", when=f"{_DONE} | list", description=_text("done_actions"),
    )  # fmt: skip
    tag(document, "endif")
    tag(document, "if issues or service_levels")
    _opening(document, "service", "service", new_page=False)
    _listed(
        document, "issues",
        (
            (_text("issue"), "{{ i.what }}", 66, False), (_text("severity"), "{{ i.severity }}", 24, False),
            (_text("owner"), "{{ i.owner }}", 30, False), (_text("raised"), "{{ i.raised }}", 25, False),
            (_text("resolved"), "{{ i.resolved }}", 25, False),
        ),
        "i in issues", when="issues", description=_text("issues"), together=True,
    )  # fmt: skip
    _listed(
        document, "service_levels",
        (
            (_text("measured"), "{{ s.measure }}", 74, False),
            (_text("agreed_level"), _from_latest(_AGREED), 32, True),
            (_text("latest"), _from_latest("{{ x.actual }} {{ x.unit }}"), 32, True),
            (_text("met"), "{{ s.value | percent(0) }}", 32, True),
        ),
        "s in measures.service_levels_by_measure", when="service_levels", description=_text("service_levels"),
        together=True,
    )  # fmt: skip
    tag(document, "endif")


def _from_latest(text: str) -> str:
    """Return what a row of service levels says of the latest period that was measured."""
    return f"{{% for x in {_LATEST} %}}{text}{{% endfor %}}"


def surroundings(document: Document) -> None:
    """Competitors, strengths and weaknesses, risks."""
    tag(document, "if competitors or swot")
    _opening(document, "competition", "competition", new_page=False)
    _listed(
        document, "competitors",
        (
            (_text("competitor"), "{{ c.name }}", 34, False), (_text("strengths"), "{{ c.strengths }}", 44, False),
            (_text("weaknesses"), "{{ c.weaknesses }}", 44, False),
            (_text("our_answer"), "{{ c.our_answer }}", 48, False),
        ),
        "c in competitors", when="competitors", description=_text("competitors"), together=True,
    )  # fmt: skip
    _listed(
        document, "swot",
        (
            (_text("quadrant"), "{{ s.quadrant }}", 30, False), (_text("statement"), "{{ s.statement }}", 74, False),
            (_text("consequence"), "{{ s.consequence }}", 66, False),
        ),
        "s in swot", when="swot", description=_text("swot"), together=True,
    )  # fmt: skip
    tag(document, "endif")
    tag(document, "if risks")
    _opening(document, "risks", "issues_risks", new_page=False)
    add_table(
        document,
        (
            (_text("risk"), "{{ r.risk }}", 56, False), (_text("likelihood"), "{{ r.likelihood }}", 20, True),
            (_text("impact"), "{{ r.impact }}", 20, True), (_text("mitigation"), "{{ r.mitigation }}", 45, False),
            (_text("owner"), "{{ r.owner }}", 29, False),
        ),
        "r in risks | sort('likelihood desc, impact desc')", description=_text("risks"), together=True,
    )  # fmt: skip
    add(document, "", style="Note")
    tag(document, "endif")


def resources(document: Document) -> None:
    """Our people and what they give; reviews with the customer."""
    tag(document, "if team")
    _opening(document, "resources", "resources", new_page=False)
    people = (
        (_text("name"), "{{ t.name }}", 32, False), (_text("role"), "{{ t.role }}", 38, False),
        (_text("responsibility"), "{{ t.responsibility }}", 44, False),
    )  # fmt: skip
    days = (
        (_text("planned_days"), "{{ t.planned_days }}", 28, True),
        (_text("actual_days"), "{{ t.actual_days }}", 28, True),
    )  # fmt: skip
    tag(document, "if team | where('actual_days')")
    add_table(document, (*people, *days), "t in team", description=_text("resources"), together=True)
    tag(document, "else")
    address = (_text("email"), "{{ t.email }}", 56, False)
    add_table(document, (*people, address), "t in team", description=_text("resources"), together=True)
    tag(document, "endif")
    add(document, "", style="Note")
    tag(document, "endif")
    tag(document, "if reviews")
    _opening(document, "reviews", "reviews", new_page=False)
    add_table(
        document,
        (
            (_text("held"), "{{ r.held_on }}", 24, False), (_text("kind"), "{{ r.kind }}", 30, False),
            (_text("score"), "{{ r.score }}", 16, True), (_text("agreed"), "{{ r.agreed }}", 76, False),
            (_text("next"), "{{ r.next_review }}", 24, False),
        ),
        "r in reviews | sort('held_on desc')", description=_text("reviews"), together=True,
    )  # fmt: skip
    add(document, "", style="Note")
    tag(document, "endif")


def sources(document: Document) -> None:
    """Where the numbers come from: measure, formula, cells."""
    add(document, _text("sources_kicker"), style="Kicker")
    add(document, _text("sources"), style="Heading 1")
    add(document, _text("sources_line"), style="Note")
    add_table(
        document,
        (
            (_text("measure"), "{{ s.label }}", 42, False), (_text("value"), "{{ s.value }}", 26, True),
            (_text("formula"), "{{ s.formula }}", 54, False), (_text("cells"), "{{ s.cells }}", 48, False),
        ),
        "s in traced if s.id in texts.plan_traced.split()", description=_text("sources"),
    )  # fmt: skip


CHAPTERS = (
    summary, changes, account, objectives, people, performance, growth, delivery, surroundings, resources, sources,
)  # fmt: skip
