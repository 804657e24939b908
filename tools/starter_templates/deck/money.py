"""Performance against plan and previous year, and where the difference comes from."""

from __future__ import annotations

from pptx.presentation import Presentation

from tools.starter_templates.deck.charts import ACTUAL, FORECAST, INVISIBLE, PLAN, Chart, Plot, Series, filled, hatched
from tools.starter_templates.deck.grid import BODY, BODY_TOP, SMALL, Box, box, columns
from tools.starter_templates.deck.page import Page
from tools.starter_templates.deck.parts import SCENARIOS, Sources, finish, heading, legend, titled_page
from tools.starter_templates.deck.table import Column, Table

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOSED = 10
_PLAN = (100, 102, 104, 100, 108, 110, 104, 96, 112, 116, 120, 124)
_ACTUAL = (96, 105, 110, 99, 104, 118, 109, 92, 119, 122)
_FORECAST = (124, 121)
_PREVIOUS = (90, 91, 95, 97, 99, 101, 96, 90, 103, 108, 110, 112)
_ROOM = (0.005, 0.02, 0.99)
"""Left, unused, width of every tier's plot, so that months stand above each other."""


def performance(deck: Presentation) -> None:
    """Show revenue by month against plan and previous year, with absolute and relative variance above."""
    page = titled_page(deck, "performance", "{{ texts.deck_subject_performance }}", sources=Sources((
        "revenue_by_month", "revenue_ytd", "revenue_ytd_pl", "revenue_ytd_py", "gross_margin_ytd", "contribution_ytd", "outlook_fy",
    )))  # fmt: skip
    place = box(1, 8, BODY_TOP, 1)
    legend(page, place.left, BODY_TOP, SCENARIOS)
    _tier(page, Box(place.left, BODY_TOP + 0.75, place.width, 2.75), "ΔPL %", _pins(), "deck_revenue_pins")
    _tier(page, Box(place.left, BODY_TOP + 3.6, place.width, 3.2), "ΔPL", _differences(), "deck_revenue_differences")
    _tier(page, Box(place.left, BODY_TOP + 6.9, place.width, 7.1), "AC PL PY", _months(), "deck_revenue_months")
    _totals(page)
    finish(page)


def _tier(page: Page, place: Box, label: str, chart: Chart, figure: str) -> None:
    page.chart(place, chart, name=f"Revenue {label}", binding=f"chart: {figure}")


def _months() -> Chart:
    actual = (*_ACTUAL, None, None)
    forecast = (None,) * _CLOSED + _FORECAST
    return Chart(_MONTHS, (
        Plot("column", (
            Series("PL", _PLAN, PLAN),
            Series("AC", actual, ACTUAL, label="inBase", label_ink="background"),
            Series("FC", forecast, FORECAST, label="inBase", label_fill="background"),
        ), gap=45, overlap=70),
        Plot("line", (Series("PY", _PREVIOUS, INVISIBLE, marker="triangle", marker_size=7, label_ink="previous"),)),
    ), lowest=0, room=(_ROOM[0], 0.1, _ROOM[2], 0.8), title="{{ figure.unit }}")  # fmt: skip


def _deltas() -> list[float]:
    return [actual - plan for actual, plan in zip((*_ACTUAL, *_FORECAST), _PLAN, strict=True)]


def _split(values: list[float]) -> dict[str, tuple[float | None, ...]]:
    closed = [(value, number < _CLOSED) for number, value in enumerate(values)]
    return {
        "favourable": tuple(value if value >= 0 and is_closed else None for value, is_closed in closed),
        "adverse": tuple(value if value < 0 and is_closed else None for value, is_closed in closed),
        "favourable_fc": tuple(value if value >= 0 and not is_closed else None for value, is_closed in closed),
        "adverse_fc": tuple(value if value < 0 and not is_closed else None for value, is_closed in closed),
    }


def _differences() -> Chart:
    looks = {
        "favourable": filled("favourable"), "adverse": filled("adverse"), "favourable_fc": hatched("favourable"),
        "adverse_fc": hatched("adverse"),
    }  # fmt: skip
    series = tuple(Series(name, values, looks[name], label="outEnd") for name, values in _split(_deltas()).items())
    return Chart(_MONTHS, (Plot("column", series, gap=90, overlap=100),), show_categories=False,
                 room=(_ROOM[0], 0.2, _ROOM[2], 0.64), title="ΔPL, {{ figure.unit }}{{ texts.deck_enlarged }}")  # fmt: skip


def _pins() -> Chart:
    shares = [round(delta / plan, 3) for delta, plan in zip(_deltas(), _PLAN, strict=True)]
    series = []
    for name, values in _split(shares).items():
        ink = name.removesuffix("_fc")
        series.append(Series(name, values, INVISIBLE, marker="square" if not name.endswith("_fc") else "diamond", marker_size=5,
                             pin=ink, label="t" if ink == "favourable" else "b"))  # fmt: skip
    return Chart(
        _MONTHS,
        (Plot("line", tuple(series)),),
        show_categories=False,
        room=(_ROOM[0], 0.24, _ROOM[2], 0.56),
        title="ΔPL, %",
    )


def _totals(page: Page) -> None:
    left, width = columns(9, 4)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_year_to_date }}")
    table = Table((
        Column("", "{{ t.0.label }}", 3.9),
        Column("AC", "{{ t.0 | short }}", 2.7, "r", bold=True),
        Column("ΔPL", "{{ t.1 | impact | signed }}", 1.9, "r"),
        Column("ΔPY", "{{ t.2 | impact | signed }}", 1.9, "r"),
    ), size=BODY, row=0.8)  # fmt: skip
    rows = (
        "(measures.revenue_ytd, measures.revenue_pl_ytd_pct, measures.revenue_py_ytd_pct)",
        "(measures.gross_margin_ytd, measures.gross_margin_pl_ytd_pct, measures.gross_margin_py_ytd_pct)",
        "(measures.gross_margin_pct_ytd, measures.gross_margin_points_ytd_pl, measures.gross_margin_points_ytd_py)",
        "(measures.contribution_ytd, measures.contribution_pl_ytd_pct, measures.contribution_py_ytd_pct)",
        "(measures.contribution_pct_ytd, measures.contribution_points_ytd_pl, measures.contribution_points_ytd_py)",
    )
    lines = ", ".join(rows)
    page.table(Box(left, BODY_TOP + 0.75, width, 1), table, name="Year to date",
               binding=f"for: t in [{lines}]\nfit: 10-12\nalt: {{{{ texts.deck_year_to_date }}}}")  # fmt: skip
    top = BODY_TOP + 6.6
    heading(page, Box(left, top, width, 1), "{{ texts.deck_full_year }}")
    year = Table((
        Column("", "{{ t.0 }}", 5.4),
        Column("", "{{ t.1 }}", 3.4, "r", bold=True),
    ), size=BODY, row=0.8, has_header=False)  # fmt: skip
    year_rows = (
        "(measures.outlook_fy.label, measures.outlook_fy | short)",
        "(measures.plan_fy.label, measures.plan_fy | short)",
        "(measures.outlook_fy_vs_plan.label, measures.outlook_fy_vs_plan | short(3, true))",
        "(measures.nrr.label, measures.nrr)",
        "(measures.grr.label, measures.grr)",
    )
    entries = ", ".join(year_rows)
    page.table(Box(left, top + 0.75, width, 1), year, name="Full year",
               binding=f"for: t in [{entries}]\nfit: 10-12\nalt: {{{{ texts.deck_full_year }}}}")  # fmt: skip


def variances(deck: Presentation) -> None:
    """Show what each line adds to the difference from plan, beside its explanation."""
    page = titled_page(
        deck, "bridge", "{{ texts.deck_subject_variances }}", sources=Sources(("contribution_ytd_by_line",))
    )
    place = box(1, 4, BODY_TOP, 1)
    heading(page, place, "{{ texts.deck_by_line }}", binding="repeat: yes")
    lines = ("Revenue", "Material", "Logistics", "Service", "Care")
    values = (56, -30, 6, -12, -4)
    page.chart(
        Box(place.left, place.top + 0.9, place.width, 12.2),
        Chart(lines, (Plot("bar", (
            Series("favourable", tuple(value if value >= 0 else None for value in values), filled("favourable"), label="outEnd"),
            Series("adverse", tuple(value if value < 0 else None for value in values), filled("adverse"), label="outEnd"),
        ), gap=60, overlap=100),), room=(0.4, 0.04, 0.5, 0.94), title="{{ figure.unit }}", label_offset=300),
        name="ΔPL by line", binding="chart: deck_line_differences\nrepeat: yes",
    )  # fmt: skip
    left, width = columns(5, 8)
    heading(page, Box(left, BODY_TOP, width, 1), "{{ texts.deck_explained }}", binding="repeat: yes")
    table = Table((
        Column("{{ texts.deck_line }}", "{{ v.line | default(texts.deck_total) }}{% if v.product %} · {{ v.product }}{% endif %}", 4.2, bold=True),
        Column("AC", "{{ (v.actual / 1000) | number(0) }}", 1.6, "r"),
        Column("PL", "{{ (v.against / 1000) | number(0) }}", 1.6, "r"),
        Column("ΔPL", "{{ (v.absolute / 1000) | raw | rag(v.impact) | signed(0) }}", 1.7, "r"),
        Column("%", "{{ v.percent | signed }}", 1.6, "r"),
        Column("{{ texts.deck_commentary }}", "{% if v.commentary %}{{ v.commentary }}{% elif v.material %}{{ texts.deck_comment_missing }}"
               "{% endif %}", 8),
    ), size=SMALL, row=0.72)  # fmt: skip
    page.table(Box(left, BODY_TOP + 0.75, width, 1), table, name="Variances",
               binding="for: v in variances.lines | where('span', 'ytd') | where('reference', 'PL')\n"
                       "where: v.nature != 'neutral' and (v.level < 2 or (v.material and not v.product.is_empty))\nfit: 10-11\n"
                       "empty: {{ texts.deck_no_variances }}\nalt: {{ texts.deck_explained }}")  # fmt: skip
    finish(page)
