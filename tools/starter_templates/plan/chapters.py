"""The plan's chapters: the computed view first, the narrative after; a chapter without content leaves no trace."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document
from docx.table import Table

from tools.starter_templates.plan.charts import months_chart
from tools.starter_templates.plan.drawings import add_chart
from tools.starter_templates.plan.paper import TEXT_WIDTH, add, add_facts, add_table, fill_money_table, tag

Column = tuple[str, str, float, bool]
_LINE_AND_PRODUCT = "{{ c.line }}{% if c.product %} · {{ c.product }}{% endif %}"


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
    document: Document, heading: str | None, columns: Sequence[Column], loop: str, *, when: str, description: str
) -> None:
    """A table under an optional heading, both left out when there are no rows."""
    tag(document, f"if {when}")
    if heading is not None:
        add(document, _text(heading), style="Heading 2")
    add_table(document, columns, loop, description=description)
    add(document, "", style="Note")
    tag(document, "endif")


def summary(document: Document) -> None:
    """One page: health, the numbers that matter, what needs a decision, what is missing."""
    _opening(document, "summary", "account_page")
    add(document, "{{ texts.plan_health_line }}", style="Subject")
    rows = (
        ("Revenue", "measures.revenue_ytd", "measures.revenue_ytd_pl", "measures.revenue_ytd_py"),
        ("Margin", "measures.gross_margin_ytd", "measures.gross_margin_ytd_pl", "measures.gross_margin_ytd_py"),
        ("Contribution", "measures.contribution_ytd", "measures.contribution_ytd_pl", "measures.contribution_ytd_py"),
        ("Outlook", "measures.outlook_fy", "measures.plan_fy", ""),
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
    add(document, _text("missing"), style="Heading 2")
    add(document, _text("missing_line"), style="Note")
    tag(document, "endif")


def _money_rows(document: Document, table: Table, rows: Sequence[tuple[str, str, str, str]]) -> None:
    heads = ("{{ texts.plan_money_head }}", "AC", "PL", "ΔPL", "ΔPL %", "ΔPY")
    lines = []
    for name, actual, plan, previous in rows:
        difference = f"({actual} - {plan})"
        share = f"({difference} / {plan})"
        year = f"{{{{ ({actual} - {previous}) | signed | impact }}}}" if previous else ""
        lines.append(
            (
                f"{{{{ texts.plan_money_{name.lower()} }}}}",
                f"{{{{ {actual} }}}}",
                f"{{{{ {plan} }}}}",
                f"{{{{ {difference} | signed | impact }}}}",
                f"{{% if {plan} > 0 %}}{{{{ {share} | percent | impact }}}}{{% endif %}}",
                year,
            )
        )
    fill_money_table(document, table, heads, lines, (50, 26, 26, 26, 16, 26))


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
    _opening(document, "objectives", "objectives")
    add_table(
        document,
        (
            (_text("objective"), "{{ o.objective }}", 57, False), (_text("kpi"), "{{ o.kpi }}", 38, False),
            (_text("baseline"), "{{ o.baseline }}", 17, True), (_text("current"), "{{ o.current }}", 17, True),
            (_text("target"), "{{ o.target }}", 17, True), (_text("due"), "{{ o.due }}", 19, False),
        ),
        "o in objectives", description=_text("objectives"),
    )  # fmt: skip
    add(document, "", style="Note")
    tag(document, "for o in objectives")
    add(document, "{{ o.no }}  {{ o.objective }}", style="Heading 2")
    tag(document, "if o.no in measures.objective_results")
    add(document, "{{ texts['deck_state_' ~ measures.objective_results[o.no].status] }}", style="Subject")
    tag(document, "endif")
    for name in ("challenges", "solutions_tried", "our_solution", "success_measure"):
        tag(document, f"if o.{name}")
        add(document, f"{_text(name)}: {{{{ o.{name} }}}}")
        tag(document, "endif")
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
            (_text("sentiment"), "{{ c.sentiment }}", 20, True),
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
    _opening(document, "performance", "performance")
    add(document, _text("performance_subject"), style="Subject")
    add_chart(document, months_chart(), "Revenue by month", "chart: deck_revenue_months", (TEXT_WIDTH, 70))
    add(document, _text("chart_note"), style="Note")
    _listed(
        document, "variances",
        (
            (_text("line"), "{{ v.line if v.level else texts.plan_money_contribution }}", 50, False),
            ("AC", "{{ v.actual }}", 26, True),
            ("PL", "{{ v.against }}", 26, True), ("ΔPL", "{{ v.absolute | signed | impact }}", 26, True),
            ("ΔPL %", "{{ v.percent | signed }}", 18, True),
            ("", "{{ texts.plan_material if v.material else '' }}", 24, False),
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
            (_text("product"), "{{ w.product }}", 46, False), (_text("unit"), "{{ w.unit }}", 40, False),
            (_text("state"), "{{ w.status }}", 34, False), (_text("potential"), "{{ w.potential }}", 26, True),
            (_text("competitor"), "{{ w.competitor }}", 24, False),
        ),
        "w in whitespace", when="whitespace", description=_text("whitespace"),
    )  # fmt: skip
    _listed(
        document, "contracts",
        (
            (_text("contract"), "{{ c.contract }}", 66, False), (_text("ends"), "{{ c.ends_on }}", 26, False),
            (_text("notice"), "{{ c.notice_days }}", 24, True), (_text("value"), "{{ c.yearly_value }}", 30, True),
            (_text("outcome"), "{{ c.outcome }}", 24, False),
        ),
        "c in contracts", when="contracts", description=_text("contracts"),
    )  # fmt: skip
    tag(document, "endif")


def delivery(document: Document) -> None:
    """What we agreed to do, and how well we serve."""
    tag(document, "if actions")
    _opening(document, "actions", "actions", new_page=False)
    add_table(
        document,
        (
            (_text("action"), "{{ a.action }}", 56, False), (_text("serves"), "{{ a.serves }}", 40, False),
            (_text("owner"), "{{ a.owner }}", 26, False), (_text("due"), "{{ a.due }}", 24, False),
            (_text("done"), "{{ a.done_on }}", 24, False),
        ),
        "a in actions if not a.cancelled", description=_text("actions"),
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
        "i in issues", when="issues", description=_text("issues"),
    )  # fmt: skip
    _listed(
        document, "service_levels",
        ((_text("measured"), "{{ s.measure }}", 110, False), (_text("met"), "{{ s.value }}", 60, True)),
        "s in measures.service_levels_by_measure", when="service_levels", description=_text("service_levels"),
    )  # fmt: skip
    tag(document, "endif")


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
        "c in competitors", when="competitors", description=_text("competitors"),
    )  # fmt: skip
    _listed(
        document, "swot",
        (
            (_text("quadrant"), "{{ s.quadrant }}", 30, False), (_text("statement"), "{{ s.statement }}", 74, False),
            (_text("consequence"), "{{ s.consequence }}", 66, False),
        ),
        "s in swot", when="swot", description=_text("swot"),
    )  # fmt: skip
    tag(document, "endif")
    tag(document, "if risks")
    _opening(document, "risks", "issues_risks", new_page=False)
    add_table(
        document,
        (
            (_text("risk"), "{{ r.risk }}", 58, False), (_text("likelihood"), "{{ r.likelihood }}", 20, True),
            (_text("impact"), "{{ r.impact }}", 20, True), (_text("mitigation"), "{{ r.mitigation }}", 48, False),
            (_text("owner"), "{{ r.owner }}", 24, False),
        ),
        "r in risks", description=_text("risks"),
    )  # fmt: skip
    tag(document, "endif")


def resources(document: Document) -> None:
    """Our people and what they give; reviews with the customer."""
    tag(document, "if team")
    _opening(document, "resources", "resources", new_page=False)
    add_table(
        document,
        (
            (_text("name"), "{{ t.name }}", 36, False), (_text("role"), "{{ t.role }}", 40, False),
            (_text("responsibility"), "{{ t.responsibility }}", 54, False),
            (_text("planned_days"), "{{ t.planned_days }}", 20, True),
            (_text("actual_days"), "{{ t.actual_days }}", 20, True),
        ),
        "t in team", description=_text("resources"),
    )  # fmt: skip
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
        "r in reviews", description=_text("reviews"),
    )  # fmt: skip
    tag(document, "endif")


def sources(document: Document) -> None:
    """Where the numbers come from: measure, formula, cells."""
    add(document, _text("sources_kicker"), style="Kicker New Page")
    add(document, _text("sources"), style="Heading 1")
    add(document, _text("sources_line"), style="Note")
    add_table(
        document,
        (
            (_text("measure"), "{{ s.label }}", 48, False), (_text("value"), "{{ s.value }}", 26, True),
            (_text("formula"), "{{ s.formula }}", 52, False), (_text("cells"), "{{ s.cells }}", 44, False),
        ),
        "s in traced if s.id in texts.plan_traced.split()", description=_text("sources"),
    )  # fmt: skip


CHAPTERS = (
    summary, account, objectives, people, performance, growth, delivery, surroundings, resources, sources,
)  # fmt: skip
