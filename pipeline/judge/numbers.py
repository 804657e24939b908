"""Numbers as DuckDB returns them and as a plan holds them: exact, never a float."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from pipeline.model import Quantity, Scalar

NO_DATA = "no_data"


def exact(value: object) -> Scalar:
    """Return a value of DuckDB as a plan holds it.

    DECIMAL divided by DECIMAL is DOUBLE in DuckDB: such a number is read with 15 significant digits (measures.md,
    number types); infinity and not-a-number become None.
    """
    if isinstance(value, float):
        return Decimal(format(value, ".15g")) if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    if value is None or isinstance(value, bool | int | Decimal | str | date):
        return value
    return str(value)


def quantity(value: object, reason_position: object, reasons: Sequence[str], otherwise: str = NO_DATA) -> Quantity:
    """Return a value, or n.a. with the reason at `reason_position` where one holds, else `otherwise` for NULL."""
    if isinstance(reason_position, int):
        return Quantity(None, reasons[reason_position])
    found = exact(value)
    return Quantity(None, otherwise) if found is None else Quantity(found)


def as_text(value: Scalar) -> str | None:
    """Return a value as the text that DuckDB casts to the type it came from."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
