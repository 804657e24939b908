"""Account plans made by chance, each from a number, with the gaps, extremes and contradictions of real ones."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.rules.plan import OCTOBER, Rows

PRODUCTS, UNITS = ("Looms", "Care", "Yarn"), ("North", "South")
PEOPLE = ("Ida Holm", "Ben Ruiz", "Mia Sato")
LEVELS = ("executive", "management", "working", None)
FIRST_MONTH, MONTHS = date(2024, 11, 1), 26


class Chance:
    """Draws the rows of one plan."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)  # noqa: S311 - examples, no secrets
        self.tidiness = self.draw.choice((0.5, 0.8, 0.97, 1.0))

    def maybe(self, value: Any, likelihood: float = 0.8) -> Any:
        return value if self.happens(likelihood) else None

    def happens(self, likelihood: float = 0.8) -> bool:
        return self.draw.random() < max(likelihood, self.tidiness)

    def day(self, earliest: int = -800, latest: int = 150) -> date:
        return OCTOBER.as_of + timedelta(days=self.draw.randint(earliest, latest))

    def some(self, most: int) -> range:
        return range(self.draw.choice((0, 1, most // 2, most)))

    def number(self, low: float, high: float) -> str:
        return f"{self.draw.uniform(low, high):.2f}"


def random_plan(seed: int) -> Rows:
    """Return the plan that belongs to a number."""
    chance = Chance(seed)
    pick = chance.draw.choice
    return {
        "account": [_account(chance)],
        "lists_products": [{"name": name, "recurring": name != "Yarn"} for name in PRODUCTS],
        "lists_units": [{"name": name} for name in UNITS],
        "financials": _financials(chance),
        "whitespace": _whitespace(chance),
        "opportunities": [_opportunity(chance, number) for number in chance.some(12)],
        "contracts": [
            {
                "no": f"K{number}",
                "contract": f"Frame {number}",
                "ends_on": chance.maybe(chance.day(-60, 200)),
                "notice_days": chance.maybe(pick((0, 30, 90))),
                "yearly_value": chance.maybe(chance.number(0, 9e5)),
                "outcome": pick(("open", "negotiating", "renewed", "ended", None)),
            }
            for number in chance.some(6)
        ],
        **_people(chance),
        **_work(chance),
    }


def _account(chance: Chance) -> Mapping[str, Any]:
    return {
        "tier": chance.draw.choice(("Growth", "Key", "Strategic")),
        "customer_spend": chance.maybe(chance.number(0, 3e6)),
        "spend_as_of": chance.maybe(chance.day()),
        "strategic_fit": chance.maybe(chance.draw.randint(1, 5)),
        "plan_starts_on": chance.draw.choice(("2026-01-01", "2025-07-01", "2026-11-01")),
        "review_cadence": chance.draw.choice(("monthly", "quarterly", "half_yearly", "yearly")),
    }


def _financials(chance: Chance) -> Sequence[Mapping[str, Any]]:
    """Return rows of some lines from a random month on; whole scenarios, lines and months may be missing."""
    start = chance.draw.choice((0, 0, 0, 4, 13))
    columns = {name: chance.draw.random() < 0.85 for name in ("plan", "forecast", "previous")}
    return [
        _financial_row(chance, line, product, unit, step, own)
        for line in ("Revenue", "Service", "Material", "Freight", "Orders")
        if chance.draw.random() > 0.15
        for own in ({name: there and chance.happens(0.9) for name, there in columns.items()},)
        for product, unit in _leaves(chance)
        for step in range(start, MONTHS)
        if chance.happens(0.9)
    ]


def _leaves(chance: Chance) -> list[tuple[str | None, str | None]]:
    leaves: list[tuple[str | None, str | None]] = [(product, unit) for product in PRODUCTS for unit in UNITS] + [
        (None, None)
    ]
    return chance.draw.sample(leaves, chance.draw.choice((1, 2, 4)))


def _financial_row(
    chance: Chance, line: str, product: str | None, unit: str | None, step: int, columns: Mapping[str, bool]
) -> Mapping[str, Any]:
    year, month = divmod(FIRST_MONTH.year * 12 + FIRST_MONTH.month - 1 + step, 12)
    period = date(year, month + 1, 1)
    row: dict[str, Any] = {"period": period, "line": line, "product": product, "unit": unit, "currency": "EUR"}
    is_closed = period <= OCTOBER.last_closed
    if is_closed or chance.draw.random() < 0.1:
        row["actual"] = chance.maybe(chance.number(-500, 90_000), 0.9)
    if columns["plan"]:
        row["plan"] = chance.maybe(chance.number(0, 80_000), 0.9)
    if columns["forecast"] and not is_closed:
        row["forecast"] = chance.maybe(chance.number(0, 80_000), 0.9)
    if columns["previous"] and chance.draw.random() < 0.3:
        row["previous"] = chance.number(0, 70_000)
    if chance.tidiness < 0.9 and chance.draw.random() < 0.002:
        row[chance.draw.choice(("actual", "plan", "forecast"))] = "unknown"
    return row


def _whitespace(chance: Chance) -> Sequence[Mapping[str, Any]]:
    statuses = ("owned", "in_discussion", "competitor", "no_fit", "unknown", None)
    return [
        {
            "product": product,
            "unit": unit,
            "status": chance.draw.choice(statuses),
            "potential": chance.maybe(chance.number(0, 400_000), 0.6),
            "current": chance.maybe(chance.number(0, 90_000), 0.3),
        }
        for product in PRODUCTS
        for unit in UNITS
        if chance.happens()
    ]


def _opportunity(chance: Chance, number: int) -> Mapping[str, Any]:
    pick = chance.draw.choice
    return {
        "no": f"P{number}",
        "kind": pick(("renewal", "renewal", "up_sell", "cross_sell", "new")),
        "product": pick((*PRODUCTS, None)),
        "unit": pick((*UNITS, None)),
        "contract": pick(("K0", "K1", "K2", None)),
        "yearly_value": chance.maybe(chance.number(0, 300_000)),
        "starts_on": pick((None, chance.day(-100, 500))),
        "probability": pick((None, "0", "0.35", "1")),
        "in_forecast": pick((True, False, None)),
        "stage": chance.maybe(
            pick(("identified", "qualified", "proposed", "negotiation", "won", "lost", "no_decision"))
        ),
        "opened_on": chance.maybe(chance.day(-800, -10)),
        "expected_close": chance.maybe(chance.day(-60, 300)),
        "closed_on": chance.maybe(chance.day(-500, 20)),
    }


def _people(chance: Chance) -> Rows:
    pick = chance.draw.choice
    roles = ("decision_maker", "sponsor", "champion", "influencer", "user", "blocker")
    contacts = [
        {
            "no": f"C{number}",
            "name": f"Contact {number}",
            "unit": pick((*UNITS, None)),
            "decision_role": pick(roles),
            "influence": chance.maybe(chance.draw.randint(1, 5), 0.6),
            "sentiment": chance.maybe(chance.draw.randint(-2, 2), 0.6),
            "counterpart": chance.maybe(pick(PEOPLE)),
            "every_days": pick((None, 14, 30, 60, 400)),
            "level": pick(LEVELS),
            "last_contact": chance.maybe(chance.day(-300, 5)),
            "left_on": pick((None, None, None, chance.day(-90, 30))),
        }
        for number in chance.some(10)
    ]
    talks = [
        {
            "no": f"T{number}",
            "held_on": chance.day(-500, 10),
            "our_person": pick((*PEOPLE, "Somebody Else")),
            "contacts": chance.draw.sample([f"C{index}" for index in range(10)], pick((1, 2))),
        }
        for number in chance.some(16)
    ]
    team = [
        {
            "name": name,
            "level": pick(LEVELS),
            "planned_days": chance.maybe(chance.number(0, 80), 0.6),
            "actual_days": chance.maybe(chance.number(0, 90), 0.6),
            "day_cost": chance.maybe(chance.number(300, 900), 0.6),
        }
        for name in PEOPLE
        if chance.happens()
    ]
    return {"contacts": contacts, "touchpoints": talks, "team": team}


def _work(chance: Chance) -> Rows:
    pick, maybe = chance.draw.choice, chance.maybe
    objectives = [
        {
            "no": f"O{number}",
            "better": pick(("higher", "lower")),
            "baseline": maybe(pick(("0", "4", "8"))),
            "target": maybe(pick(("0", "4", "8"))),
            "current": maybe(pick(("0", "2", "4", "6.5", "8", "9"))),
            "baseline_on": maybe(chance.day(-500, -1)),
            "due": maybe(chance.day(-100, 400)),
            "measured_on": pick((None, chance.day(-200, 0))),
            "status": pick(("open", "open", "achieved", "dropped", None)),
            "priority": pick(("high", "medium", "low", None)),
        }
        for number in chance.some(8)
    ]
    actions = [
        {
            "no": f"A{number}",
            "side": pick(("ours", "theirs", None)),
            "due": maybe(chance.day(-450, 60)),
            "done_on": maybe(chance.day(-450, 10), 0.6),
            "cancelled": pick((None, None, None, True, False)),
            "outcome": pick(("yes", "partly", "no", "too_early", None)),
            "value": maybe(chance.number(0, 50_000), 0.4),
            "confirmed_by_customer": pick((None, True, False)),
        }
        for number in chance.some(14)
    ]
    issues = [
        {
            "no": f"I{number}",
            "raised": chance.day(-450, -1),
            "severity": maybe(pick(("critical", "high", "medium", "low"))),
            "due": pick((None, None, chance.day(-400, 40))),
            "agreed_days": pick((None, None, 0, 7, 30)),
            "resolved": maybe(chance.day(-440, 5), 0.7),
            "satisfied": pick((None, True, False)),
        }
        for number in chance.some(10)
    ]
    levels = [
        {
            "measure": f"Level {number}",
            "better": pick(("higher", "lower")),
            "agreed": "95",
            "actual": maybe(chance.number(90, 100)),
            "period": date(pick((2025, 2026)), chance.draw.randint(1, 12), 1),
        }
        for number in chance.some(9)
    ]
    reviews = [
        {
            "no": f"V{number}",
            "held_on": chance.day(-500, 30),
            "score": maybe(chance.number(0, 10), 0.5),
            "agreed_by_customer": maybe("Contact 1", 0.4),
        }
        for number in chance.some(4)
    ]
    return {
        "objectives": objectives,
        "actions": actions,
        "issues": issues,
        "service_levels": levels,
        "reviews": reviews,
    }
