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
from tests.rules.oracle_numbers import Calendar, Result, Row
from tests.rules.oracle_people import Relationship
from tests.rules.oracle_work import Work


def measured(rows: Mapping[str, Sequence[Row]], calendar: Calendar) -> dict[str, Result]:
    """Return every measure that is one number, by id."""
    growth, effort = Growth(rows, calendar), Effort(rows, calendar)
    found = Performance(rows, calendar).performance() | growth.hit_rates() | growth.whitespace()
    found |= growth.pipeline(found["plan_fy"], found["outlook_fy"], found["hit_rate_value"])
    found |= Relationship(rows, calendar).relationship() | Work(rows, calendar).results()
    found |= effort.effort() | effort.reviews() | effort.renewals()
    found |= Health(found).results()
    return found | Qualification(rows, calendar).qualification(found)
