"""Relationship in plain Python (measures.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

from tests.rules.oracle_numbers import NO_DATA, Missing, Number, Result, Row, Section, added, clip, counted, share


class Relationship(Section):
    """Section 4."""

    @cached_property
    def contacts(self) -> list[Row]:
        return [r for r in self.rows["contacts"] if r["left_on"] is None or r["left_on"] > self.as_of]

    @staticmethod
    def decides(contact: Row) -> bool:
        return contact["decision_role"] in ("decision_maker", "sponsor")

    def cadence(self, contact: Row) -> int:
        return int(contact["every_days"] or (60 if self.decides(contact) else 90))

    def days_since(self, contact: Row) -> int | None:
        talks = [t["held_on"] for t in self.rows["touchpoints"] if contact["no"] in (t["contacts"] or ())]
        days = [day for day in (*talks, contact["last_contact"]) if self.until_now(day)]
        return (self.as_of - max(days)).days if days else None

    def warm(self, contact: Row) -> bool:
        days = self.days_since(contact)
        return days is not None and days <= self.cadence(contact)

    def recency(self, contact: Row) -> Number:
        days, cadence = self.days_since(contact), self.cadence(contact)
        return 0 if days is None else clip(1 - Fraction(days - cadence, 2 * cadence))

    def is_thread(self, contact: Row) -> bool:
        rated = contact["influence"] is not None and contact["sentiment"] is not None
        return rated and contact["influence"] >= 3 and contact["sentiment"] >= 0 and self.warm(contact)

    def strength(self) -> Result:
        rated = [r for r in self.contacts if r["influence"] is not None and r["sentiment"] is not None]
        if not self.contacts:
            return NO_DATA
        if 2 * len(rated) < len(self.contacts):
            return Missing("too_few")
        weight = sum(int(r["influence"]) for r in rated)
        return 100 * added(r["influence"] * self.points(r) for r in rated) / weight

    def points(self, contact: Row) -> Fraction:
        """Return the strength of one rated contact, 0 to 1."""
        sentiment = Fraction(contact["sentiment"] + 2, 4)
        return Fraction(7, 10) * sentiment + Fraction(3, 10) * self.recency(contact)

    def relationship(self) -> dict[str, Result]:
        everyone = self.contacts
        deciding = [r for r in everyone if self.decides(r)]
        threads = [r for r in everyone if self.is_thread(r)]
        cold = [r for r in everyone if not self.warm(r)]
        influence = sum(r["influence"] or 0 for r in everyone)
        return {
            "relationship_strength": self.strength(),
            "decision_maker_coverage": share(r["counterpart"] is not None and self.warm(r) for r in deciding),
            "contacts_cold": counted(everyone, [True] * len(cold)),
            "contacts_cold_pct": Fraction(sum(r["influence"] or 0 for r in cold), influence) if influence else NO_DATA,
            "contacts_never_met": counted(everyone, (self.days_since(r) is None for r in everyone)),
            "threads": counted(everyone, [True] * len(threads)),
            "thread_counterparts": len({r["counterpart"] for r in threads if r["counterpart"]}) if threads else NO_DATA,
            "level_contacts_kept": self.level_contacts(),
        }

    def level_contacts(self) -> Result:
        levels = {row["name"]: row["level"] for row in self.rows["team"]}
        starts = self.account["plan_starts_on"]
        held = expected = 0
        for contact in self.contacts:
            if contact["counterpart"] is None or contact["every_days"] is None or starts is None:
                continue
            wanted = int(clip((self.as_of - starts).days, 0, 365)) // contact["every_days"]
            talks = [
                t
                for t in self.rows["touchpoints"]
                if contact["no"] in (t["contacts"] or ())
                and self.in_window(t["held_on"])
                and self.at_level(t["our_person"], contact["counterpart"], levels)
            ]
            held, expected = held + min(len(talks), wanted), expected + wanted
        return Fraction(held, expected) if expected else NO_DATA

    @staticmethod
    def at_level(person: str | None, counterpart: str, levels: Mapping[str, str | None]) -> bool:
        if person is None:
            return False
        return person == counterpart or (
            levels.get(counterpart) is not None and levels.get(person) == levels.get(counterpart)
        )
