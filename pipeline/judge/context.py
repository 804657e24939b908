"""The context of all SQL: the calendar and the parameters as macros without arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from pipeline.definitions.rule_set import Parameter
from pipeline.errors import DefinitionFault
from pipeline.judge.schema import literal, quoted
from pipeline.model import Calendar

CALENDAR_NAMES = tuple(field.name for field in fields(Calendar))
VIEW_NAMES = frozenset({
    "measures", "variances", "materiality", "alerts", "headlines", "completeness", "changes", "findings", "sections",
    "sources", "formulas", "traced", "since", "before", "edition", "document", "documents", "brand", "texts",
    "page", "pages", "row",
    *CALENDAR_NAMES,
})  # fmt: skip
"""What templates and messages find under these names is not a form or table."""
SOMEDAY = Calendar(date(2000, 1, 31), date(2000, 1, 31), date(2000, 1, 1), date(2000, 12, 31))
"""The calendar under which SQL is bound before any workbook is judged."""
SETTINGS_FILE = "planpress.toml"
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
    """Yield a fault for every given parameter that the rules do not have, or have as another kind of value."""
    for name in sorted(given):
        if name not in parameters:
            yield DefinitionFault(SETTINGS_FILE, 0, _unknown_parameter(name, parameters))
        elif not is_like(given[name], parameters[name].value):
            expected = f"expected a value like {_shown(parameters[name].value)} (found {_shown(given[name])})"
            yield DefinitionFault(SETTINGS_FILE, 0, f"`parameters.{name}`: {expected}.")


def is_like(given: object, own: object) -> bool:
    """Return whether a value may stand for a rule's own: a number for a number, a map for a map."""
    if own is None:
        return True
    if isinstance(own, bool) or isinstance(given, bool):
        return isinstance(own, bool) and isinstance(given, bool)
    if isinstance(own, Mapping):
        return isinstance(given, Mapping) and all(
            is_like(value, next(iter(own.values()), None)) for value in given.values()
        )
    if isinstance(own, int | Decimal):
        return isinstance(given, int | float | Decimal)
    return isinstance(given, str | date)


def _unknown_parameter(name: str, parameters: Mapping[str, Parameter]) -> str:
    near = get_close_matches(name, parameters, n=2)
    if near:
        return f"`parameters.{name}` is no parameter of the rules. Did you mean {' or '.join(near)}?"
    return f"`parameters.{name}` is no parameter of the rules; there are: {', '.join(sorted(parameters)) or 'none'}."


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_shown(item)}" for key, item in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)


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
