"""The context of all SQL: the calendar and the parameters as macros without arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal

from pipeline.definitions.rule_set import Parameter
from pipeline.errors import DefinitionFault
from pipeline.judge.schema import literal, quoted
from pipeline.model import Calendar

CALENDAR_NAMES = tuple(field.name for field in fields(Calendar))
VIEW_NAMES = frozenset({
    "measures", "variances", "materiality", "alerts", "headlines", "completeness", "changes", "findings", "sections",
    "sources", "formulas", "traced", "edition", "document", "documents", "brand", "texts", "page", "pages", "row",
    *CALENDAR_NAMES,
})  # fmt: skip
"""What templates and messages find under these names is not a form or table."""
SOMEDAY = Calendar(date(2000, 1, 31), date(2000, 1, 31), date(2000, 1, 1), date(2000, 12, 31))
"""The calendar under which SQL is bound before any workbook is judged."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_ ,()\[\]]*")


def calendar_macros(calendar: Calendar) -> Iterator[str]:
    """Yield the statements that define as_of(), last_closed(), year_start() and year_end()."""
    for name in CALENDAR_NAMES:
        yield f"CREATE OR REPLACE MACRO {name}() AS {_literal(getattr(calendar, name))}"


def parameter_macro(parameter: Parameter, value: object) -> str:
    """Return the statement that defines a parameter as a macro; raise ValueError for a value no SQL can hold."""
    text = _literal(value)
    if parameter.type is not None:
        if not _TYPE.fullmatch(parameter.type):
            raise ValueError(f"`{parameter.type}` is no type of DuckDB")
        text = f"CAST({text} AS {parameter.type})"
    return f"CREATE OR REPLACE MACRO {quoted(parameter.id)}() AS {text}"


def override_faults(parameters: Mapping[str, Parameter], given: Mapping[str, object]) -> Iterator[DefinitionFault]:
    """Yield a fault for every given parameter that the rules do not have."""
    for name in sorted(set(given) - set(parameters)):
        known = ", ".join(sorted(parameters)) or "none"
        yield DefinitionFault("planpress.toml", 0, f"`{name}` is no parameter of the rules; there are: {known}.")


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, Mapping):
        return "MAP {" + ", ".join(f"{literal(str(key))}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()[:10]}'"
    if isinstance(value, str):
        return _text_literal(value)
    raise ValueError(f"{value!r} is neither number, text, date, yes/no nor a map of them")


def _text_literal(value: str) -> str:
    try:
        return f"DATE '{date.fromisoformat(value).isoformat()}'" if _DAY.fullmatch(value) else literal(value)
    except ValueError:
        return literal(value)
