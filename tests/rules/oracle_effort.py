"""Effort, reviews and contracts in plain Python (measures.md 6)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from tests.rules.oracle_numbers import (
    INCOMPLETE,
    NO_DATA,
    NO_HISTORY,
    Result,
    Section,
    added,
    clip,
    counted,
    divided,
    exact,
)

CADENCE = {"monthly": 31, "quarterly": 92, "half_yearly": 184, "yearly": 366}


class Effort(Section):
    """Section 6, first half."""

    def effort(self) -> dict[str, Result]:
        people = [r for r in self.rows["team"] if r["planned_days"] is not None or r["actual_days"] is not None]
        worked = [r for r in people if r["actual_days"] is not None]
        names = ("offer_creep", "offer_creep_pct", "offer_creep_cost", "resource_cost")
        if not worked:
            return dict.fromkeys(names, INCOMPLETE if people else NO_DATA)
        elapsed = self.elapsed()
        planned = {id(r): exact(r["planned_days"]) * elapsed for r in worked}
        creep = {id(r): exact(r["actual_days"]) - planned[id(r)] for r in worked}
        costed = all(r["day_cost"] is not None for r in worked)
        return {
            "offer_creep": added(creep.values()),
            "offer_creep_pct": divided(added(creep.values()), added(planned.values())),
            "offer_creep_cost": added(creep[id(r)] * exact(r["day_cost"]) for r in worked) if costed else INCOMPLETE,
            "resource_cost": added(exact(r["actual_days"]) * exact(r["day_cost"]) for r in worked)
            if costed
            else INCOMPLETE,
        }

    def elapsed(self) -> Fraction:
        """Return the elapsed share of the plan period, both ends included."""
        start, end = self.account["plan_starts_on"], self.account["plan_ends_on"]
        return Fraction(clip(Fraction((self.as_of - start).days + 1, (end - start).days + 1)))

    def reviews(self) -> dict[str, Result]:
        held = [r for r in self.rows["reviews"] if self.until_now(r["held_on"])]
        scored = [r for r in held if r["score"] is not None]
        last = max((r["held_on"] for r in held), default=self.account["plan_starts_on"])
        days = max(0, (self.as_of - last).days)
        return {
            "days_since_review": days,
            "review_overdue": max(0, days - CADENCE[self.account["review_cadence"]]),
            "review_score": exact(max(enumerate(scored), key=lambda item: (item[1]["held_on"], item[0]))[1]["score"])
            if scored
            else NO_DATA,
            "freshness": NO_HISTORY,
        }

    def renewals(self) -> dict[str, Result]:
        rows = self.rows["contracts"]
        live = [r for r in rows if r["outcome"] not in ("renewed", "ended") and r["ends_on"]]
        days = {r["no"]: (r["ends_on"] - timedelta(days=r["notice_days"] or 0) - self.as_of).days for r in live}
        renewing = {r["contract"] for r in self.open_opportunities if r["kind"] == "renewal"}
        due = [r for r in live if days[r["no"]] <= 90]
        uncovered = [r for r in due if r["no"] not in renewing]
        return {
            "renewal_value_90": self.yearly(due) if rows else NO_DATA,
            "renewals_due": counted(rows, [True] * len(due)),
            "renewals_uncovered": counted(rows, [True] * len(uncovered)),
            "notices_passed_uncovered": counted(rows, (days[r["no"]] < 0 for r in uncovered)),
        }
