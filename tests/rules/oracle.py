"""The measures of measures.md, sections 2 to 6, in plain Python over rows: the second opinion on the shipped rules.

Written from the definitions, in exact fractions, without SQL and without the engine; one module for each section.
What is n.a. is `Missing(reason)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.rules.oracle_effort import Effort
from tests.rules.oracle_growth import Growth
from tests.rules.oracle_health import Health, Qualification
from tests.rules.oracle_money import Performance
from tests.rules.oracle_numbers import Calendar, Missing, Result, Row
from tests.rules.oracle_people import Relationship
from tests.rules.oracle_work import Work

ASKED_FROM = {"Key": "whitespace team issues service_levels reviews", "Strategic": "touchpoints"}
STANDS_ON = {
    "whitespace": "whitespace_value whitespace_unsized whitespace_mapped whitespace_penetration whitespace_pursued",
    "touchpoints": "level_contacts_kept",
    "team": "offer_creep offer_creep_pct offer_creep_cost resource_cost",
    "issues": "issues_within_sla issues_open issues_overdue critical_issues_overdue issues_days_to_resolve"
    " issues_satisfied issues_satisfied_unanswered",
    "service_levels": "service_levels_met",
    "reviews": "days_since_review review_overdue review_score",
}


def measured(rows: Mapping[str, Sequence[Row]], calendar: Calendar) -> dict[str, Result]:
    """Return every measure that is one number, by id."""
    growth, effort = Growth(rows, calendar), Effort(rows, calendar)
    found = Performance(rows, calendar).performance() | growth.hit_rates() | growth.whitespace()
    found |= growth.pipeline(found["plan_fy"], found["outlook_fy"], found["hit_rate_value"])
    found |= Relationship(rows, calendar).relationship() | Work(rows, calendar).results()
    found |= effort.effort() | effort.reviews() | effort.renewals()
    found |= dict.fromkeys(not_in_tier(rows), Missing("not_in_tier"))
    found |= Health(found).results()
    return found | Qualification(rows, calendar).qualification(found)


def not_in_tier(rows: Mapping[str, Sequence[Row]]) -> list[str]:
    """Return the measures whose sheet the tier does not ask for and that holds no rows (1.9)."""
    tiers = ("Growth", "Key", "Strategic")
    above = tiers[tiers.index(rows["account"][0]["tier"]) + 1 :]
    sheets = [name for tier in above for name in ASKED_FROM[tier].split() if not rows[name]]
    return [measure for name in sheets for measure in STANDS_ON[name].split()]
