"""Objectives, actions, issues and service levels in plain Python (measures.md 5)."""

from __future__ import annotations

import statistics
from datetime import date, timedelta
from fractions import Fraction

from tests.rules.oracle_numbers import (
    NO_DATA,
    NO_HISTORY,
    Missing,
    Number,
    Result,
    Row,
    Section,
    added,
    clip,
    counted,
    exact,
    share,
)

SLA_DAYS = {"critical": 2, "high": 5, "medium": 10, "low": 20}


class Work(Section):
    """Section 5."""

    @staticmethod
    def progress(row: Row) -> Fraction | None:
        baseline, target, current = row["baseline"], row["target"], row["current"]
        if baseline is None or target is None or current is None:
            return None
        if target == baseline:
            return Fraction(current <= target if row["better"] == "lower" else current >= target)
        return exact(current - baseline) / exact(target - baseline)

    def objective_status(self, row: Row) -> str:
        progress = self.progress(row)
        if progress is None:
            return "not_measurable"
        if progress >= 1:
            return "achieved"
        if row["due"] is not None and row["due"] < self.as_of:
            return "missed"
        stale = row["measured_on"] is not None and (self.as_of - row["measured_on"]).days > 100
        if row["due"] is None or row["baseline_on"] is None or stale:
            return "not_measurable"
        return "on_track" if progress >= self.expected_progress(row) - Fraction(1, 10) else "behind"

    def expected_progress(self, row: Row) -> Number:
        length = (row["due"] - row["baseline_on"]).days
        if length <= 0:
            return int(self.as_of >= row["due"])
        return clip(Fraction((self.as_of - row["baseline_on"]).days, length))

    def objectives(self) -> dict[str, Result]:
        live = [r for r in self.rows["objectives"] if r["status"] != "dropped"]
        states = [self.objective_status(r) for r in live]
        judged = [state for state in states if state != "not_measurable"]
        weights = {"high": 3, "medium": 2, "low": 1}
        measured = [(weights[r["priority"] or "medium"], self.progress(r)) for r in live]
        attained = [(weight, progress) for weight, progress in measured if progress is not None]
        return {
            "objectives_on_track": share(state in ("achieved", "on_track") for state in judged),
            "objectives_not_measurable": counted(live, (state == "not_measurable" for state in states)),
            "kpi_attainment": Fraction(sum(w * clip(p) for w, p in attained)) / sum(w for w, _ in attained)
            if attained
            else NO_DATA,
        }

    def actions(self) -> dict[str, Result]:
        rows = self.rows["actions"]
        live = [r for r in rows if not r["cancelled"]]
        overdue = [r for r in live if r["due"] and r["due"] < self.as_of and not self.until_now(r["done_on"])]
        found: dict[str, Result] = {
            "actions_overdue": counted(rows, [True] * len(overdue)),
            "actions_overdue_days": max(((self.as_of - r["due"]).days for r in overdue), default=0)
            if rows
            else NO_DATA,
            "actions_slipped": NO_HISTORY,
        }
        for name, sides in {"": ("ours", "theirs"), "_ours": ("ours",), "_theirs": ("theirs",)}.items():
            due = [r for r in live if self.was_due(r["due"]) and (r["side"] or "ours") in sides]
            found[f"actions_on_time{name}"] = share(
                bool(self.until_now(r["done_on"]) and r["done_on"] <= r["due"]) for r in due
            )
        return found | self.outcomes()

    def outcomes(self) -> dict[str, Result]:
        done = [r for r in self.rows["actions"] if self.in_window(r["done_on"])]
        points = {"yes": Fraction(1), "partly": Fraction(1, 2), "no": Fraction(0)}
        assessed = [points[r["outcome"]] for r in done if r["outcome"] in points]
        rate: Result = added(assessed) / len(assessed) if assessed else NO_DATA
        if done and 2 * len(assessed) < len(done):
            rate = Missing("too_few")
        valued = [r for r in done if r["value"] is not None]
        confirmed = added(exact(r["value"]) for r in valued if r["confirmed_by_customer"])
        return {
            "outcome_rate": rate,
            "outcomes_assessed": len(assessed) if done else NO_DATA,
            "value_delivered": confirmed if valued else NO_DATA,
        }

    @staticmethod
    def issue_due(row: Row) -> date | None:
        days = row["agreed_days"] if row["agreed_days"] is not None else SLA_DAYS.get(row["severity"])
        due: date | None = row["due"]
        if due is None and days is not None and row["raised"] is not None:
            due = row["raised"] + timedelta(days=days)
        return due

    def in_time(self, row: Row) -> bool:
        resolved, due = self.until_now(row["resolved"]), self.issue_due(row)
        return resolved is not None and due is not None and resolved <= due

    def is_late(self, row: Row) -> bool:
        due = self.issue_due(row)
        return self.until_now(row["resolved"]) is None and due is not None and due < self.as_of

    def issues(self) -> dict[str, Result]:
        rows = self.rows["issues"]
        recent = [r for r in rows if self.in_window(r["resolved"])]
        days = [(r["resolved"] - r["raised"]).days for r in recent if r["raised"]]
        return {
            "issues_within_sla": share(self.in_time(r) for r in rows if self.was_due(self.issue_due(r))),
            "issues_open": counted(rows, (self.until_now(r["resolved"]) is None for r in rows)),
            "issues_overdue": counted(rows, (self.is_late(r) for r in rows)),
            "critical_issues_overdue": counted(rows, (self.is_late(r) and r["severity"] == "critical" for r in rows)),
            "issues_days_to_resolve": Fraction(statistics.median(days)) if days else NO_DATA,
            "issues_satisfied": share(r["satisfied"] for r in recent if r["satisfied"] is not None),
            "issues_satisfied_unanswered": counted(recent, (r["satisfied"] is None for r in recent)),
        }

    def service_levels(self) -> dict[str, Result]:
        measured = [
            r
            for r in self.rows["service_levels"]
            if r["actual"] is not None
            and r["period"]
            and self.calendar.year_start <= r["period"] <= self.calendar.last_closed
        ]
        return {
            "service_levels_met": share(
                r["actual"] <= r["agreed"] if r["better"] == "lower" else r["actual"] >= r["agreed"] for r in measured
            )
        }

    def results(self) -> dict[str, Result]:
        """Return the measures of the section."""
        return self.objectives() | self.actions() | self.issues() | self.service_levels()
