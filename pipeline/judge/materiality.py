"""When a difference matters, and whether it is good or bad news (measures.md 7.1, 7.3, 7.5)."""

from __future__ import annotations

from decimal import Decimal, localcontext

from pipeline.definitions.rule_set import Materiality
from pipeline.judge.variance_months import COST, NEUTRAL
from pipeline.model import Quantity

FAVOURABLE, ADVERSE = "favourable", "adverse"
ZERO_BASE, NEGATIVE_BASE, NO_RATE = "zero_base", "negative_base", "no_rate"
_PRECISION = 40
"""Digits of a quotient of two exact amounts."""


def impact(absolute: Quantity, nature: str) -> str:
    """Return favourable, adverse or neutral by the exact sign of a signed difference; neutral lines are neutral."""
    difference = absolute.value
    if nature == NEUTRAL or not isinstance(difference, Decimal) or difference == 0:
        return NEUTRAL
    return FAVOURABLE if difference > 0 else ADVERSE


def percent(absolute: Quantity, actual: Quantity, against: Quantity, nature: str) -> Quantity:
    """Return the difference as a fraction of the reference's magnitude (measures.md 7.3).

    n.a. unless the natural (unsigned) reference is above 0 and the natural actual is not below 0; a cost line's
    natural amount is its signed one turned round, a subtotal's its signed one.
    """
    if not all(isinstance(item.value, Decimal) for item in (absolute, actual, against)):
        return Quantity(None, absolute.reason)
    turn = -1 if nature == COST else 1
    difference, natural_actual, natural_reference = (
        Decimal(str(absolute.value)), Decimal(str(actual.value)) * turn, Decimal(str(against.value)) * turn
    )  # fmt: skip
    if natural_reference == 0:
        return Quantity(None, ZERO_BASE)
    if natural_reference < 0 or natural_actual < 0:
        return Quantity(None, NEGATIVE_BASE)
    with localcontext() as context:
        context.prec = _PRECISION
        return Quantity(difference / abs(natural_reference))


def settings_for(material: Materiality, span: str) -> Materiality:
    """Return the thresholds of a span: its own where given, else the general ones."""
    own = material.spans.get(span)
    if own is None:
        return material
    given = {name: getattr(own, name) for name in own.model_fields_set if name != "spans"}
    return material.model_copy(update=given)


def is_material(
    absolute: Quantity, share: Quantity, settings: Materiality, currency: str | None
) -> tuple[bool, str | None]:
    """Return whether a difference reaches the thresholds, and `no_rate` where its currency has none.

    Where per cent is n.a. the absolute test alone decides, in both modes. Where no threshold exists for the currency
    the per cent alone decides until rates are known, so that nothing material is passed over in silence.
    """
    if not isinstance(absolute.value, Decimal):
        return False, None
    reason = NO_RATE if settings.absolute and currency not in settings.absolute else None
    tests = []
    if currency in settings.absolute:
        tests.append(abs(absolute.value) >= settings.absolute[currency or ""])
    if settings.percent is not None and isinstance(share.value, Decimal):
        tests.append(abs(share.value) * 100 >= settings.percent)
    if not tests:
        return False, reason
    return (all(tests) if settings.mode == "and" else any(tests)), reason
