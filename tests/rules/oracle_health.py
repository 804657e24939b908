"""Health and qualification from other measures, in plain Python (measures.md 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from tests.rules.oracle_numbers import (
    NO_DATA,
    NO_HISTORY,
    Missing,
    Number,
    Result,
    Section,
    added,
    clip,
    divided,
    value_of,
)

WEIGHTS = {"relationship": 25, "performance": 25, "outcomes": 20, "service": 15, "execution": 15}
QUALIFY = {
    "Strategic": (1_000_000, Fraction(15, 100), 500_000, 4),
    "Key": (250_000, Fraction(15, 100), 100_000, 3),
    "Growth": (50_000, Fraction(10, 100), 25_000, 3),
}


class Health:
    """The score of measures.md 6 from other measures, with its parts and caps."""

    def __init__(self, found: Mapping[str, Result]) -> None:
        self.found = found

    def term(self, name: str, times: Number = 1) -> Fraction | None:
        return value_of(self.found[name], times)

    @staticmethod
    def mean(terms: Sequence[tuple[Number, Fraction | None]]) -> Fraction | None:
        """Return the weighted mean of the terms that are there."""
        there = [(Fraction(weight), term) for weight, term in terms if term is not None]
        return added(w * t for w, t in there) / sum(w for w, _ in there) if there else None

    @staticmethod
    def linear(value: Fraction | None, zero: Fraction, full: Fraction) -> Fraction | None:
        return None if value is None else Fraction(100 * clip((value - zero) / (full - zero)))

    def parts(self) -> dict[str, Fraction | None]:
        sixty, forty = Fraction(6, 10), Fraction(4, 10)
        against_plan = value_of(divided(self.found["revenue_ytd"], self.found["revenue_ytd_pl"]))
        return {
            "relationship": self.mean(
                [
                    (sixty, self.term("relationship_strength")),
                    (forty, self.term("decision_maker_coverage", 100) or Fraction(0)),
                ]
            ),
            "performance": self.mean(
                [
                    (sixty, self.linear(against_plan, Fraction(80, 100), Fraction(1))),
                    (forty, self.linear(self.term("nrr"), Fraction(85, 100), Fraction(110, 100))),
                ]
            ),
            "outcomes": self.term("objectives_on_track", 100),
            "service": self.mean(
                [
                    (1, self.term("issues_within_sla", 100)),
                    (1, self.term("issues_satisfied", 100)),
                    (1, self.term("service_levels_met", 100)),
                    (1, self.term("review_score", 10)),
                ]
            ),
            "execution": self.mean([(1, self.term("actions_on_time_ours", 100)), (1, self.term("outcome_rate", 100))]),
        }

    def capped(self) -> bool:
        return bool(
            self.term("notices_passed_uncovered") or self.term("critical_issues_overdue") or not self.term("threads")
        )

    def score(self) -> Result:
        parts = self.parts()
        weight = sum(WEIGHTS[name] for name, value in parts.items() if value is not None)
        if weight < 60:
            return Missing("too_few")
        score: Fraction = added(WEIGHTS[name] * value for name, value in parts.items() if value is not None) / weight
        return min(score, Fraction(49)) if self.capped() else score

    def results(self) -> dict[str, Result]:
        score = self.score()
        parts = {f"health_{name}": NO_DATA if value is None else value for name, value in self.parts().items()}
        band = score if isinstance(score, Missing) else "green" if score >= 70 else "amber" if score >= 50 else "red"  # type: ignore[operator]
        return {**parts, "health": score, "health_band_reached": band}


class Qualification(Section):
    """Whether a tier is warranted."""

    @property
    def agreed_by_customer(self) -> bool:
        return any(r["agreed_by_customer"] and self.in_window(r["held_on"]) for r in self.rows["reviews"])

    def qualification(self, found: Mapping[str, Result]) -> dict[str, Result]:
        tier = self.account["tier"]
        names = [f"qualify_by_{name}" for name in ("revenue", "contribution", "growth", "fit", "access", "retention")]
        answers = dict(
            zip(names, self._answers(QUALIFY[tier], found) if tier in QUALIFY else ["unknown"] * 6, strict=True)
        )
        said = list(answers.values())
        yes, unknown, core = said.count("yes"), said.count("unknown"), (said[0], said[2])
        if yes >= 4 and "yes" in core:
            verdict = "warranted"
        elif yes + unknown >= 4 and core != ("no", "no"):
            verdict = "open"
        else:
            verdict = "not_warranted"
        return {**answers, "qualification": verdict, "qualification_met": yes, "qualification_proposal": NO_HISTORY}

    def _answers(self, asked: tuple[Number, Number, Number, int], found: Mapping[str, Result]) -> list[str]:
        revenue, contribution, growth, fit = asked
        potential = [value_of(found[name]) for name in ("whitespace_value", "pipeline_weighted")]
        known = added(value for value in potential if value is not None)
        access = answer(value_of(found["decision_maker_coverage"]), Fraction(1, 2))
        return [
            answer(value_of(found["revenue_l12m"]), revenue),
            answer(value_of(found["contribution_pct_l12m"]), contribution),
            "yes" if known >= growth else "unknown" if None in potential else "no",
            answer(self.account["strategic_fit"], fit),
            "yes" if self.agreed_by_customer else access,
            answer(value_of(found["nrr"]), 1),
        ]


def answer(value: Number | None, asked: Number) -> str:
    return "unknown" if value is None else "yes" if value >= asked else "no"
