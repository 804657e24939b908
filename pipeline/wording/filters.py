"""The filters of all templates, described in docs/designers.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Self

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from pipeline.formats import Formatter, as_decimal
from pipeline.wording.values import Value, raw

FORMATTER, MARKS = "_formatter", "_marks"
"""Context names: the view's Formatter, and a list that collects the marks of `impact` and `rag`."""
_MONEY = ("money", "money_group")
_IMPACTS = ("favourable", "adverse", "neutral")


class Printed(str):  # noqa: SLOT000 - str takes no slots of its own
    """A number as a filter printed it; `number` is what stands behind it, so that `impact` may follow any filter."""

    number: object

    def __new__(cls, text: str, number: object) -> Self:
        """Return the text with its number."""
        result = super().__new__(cls, text)
        result.number = number
        return result


def _formatter_of(context: Context, value: object) -> Formatter:
    return value.formatter if isinstance(value, Value) else context.get(FORMATTER) or Formatter("en")


def _numeric(print_number: Callable[[Formatter, Value | object, int | None], str]) -> Callable[..., object]:
    @pass_context
    def filter_(context: Context, value: object, decimals: int | None = None) -> object:
        if isinstance(value, Undefined) or raw(value) is None:
            return value
        return Printed(print_number(_formatter_of(context, value), raw(value), decimals), raw(value))

    return filter_


_money = _numeric(lambda f, v, d: f.money(v, 0 if d is None else d))
_number = _numeric(lambda f, v, d: f.number(v, d))
_percent = _numeric(lambda f, v, d: f.percent(v, 1 if d is None else d))


@pass_context
def _date(context: Context, value: object, style: str = "medium") -> object:
    day, formatter = raw(value), _formatter_of(context, value)
    if not isinstance(day, date):
        return value
    styles: dict[str, Callable[[date], str]] = {
        "medium": formatter.date,
        "long": formatter.long_date,
        "month": formatter.month,
        "short_month": formatter.short_month,
    }
    return styles[style](day)


@pass_context
def _signed(context: Context, value: object, decimals: int | None = None) -> object:
    number = raw(value)
    if number is None or isinstance(value, Undefined):
        return value
    kind = value.kind if isinstance(value, Value) else "number"
    return Printed(_signed_text(_formatter_of(context, value), number, kind, decimals), number)


def _signed_text(formatter: Formatter, number: object, kind: str, decimals: int | None) -> str:
    if decimals is None:
        return formatter.print(number, kind, signed=True)
    if kind == "percent":
        return formatter.percent(number, decimals, signed=True)
    if kind in _MONEY:
        return formatter.money(number, decimals, signed=True)
    return formatter.number(number, decimals, signed=True)


@pass_context
def _short(context: Context, value: object, digits: int = 3, signed: bool = False) -> object:
    number = raw(value)
    if number is None or isinstance(value, Undefined):
        return value
    kind = value.kind if isinstance(value, Value) else "number"
    return Printed(_short_text(_formatter_of(context, value), number, kind, digits, signed=signed), number)


def _short_text(formatter: Formatter, number: object, kind: str, digits: int, *, signed: bool) -> str:
    if kind in _MONEY:
        return formatter.short_money(number, digits, signed=signed)
    if kind in ("number", "integer"):
        return formatter.short_number(number, digits, signed=signed)
    return formatter.print(number, kind, signed=signed)


def _absolute(value: object) -> object:
    if isinstance(value, Value) and value.value is not None:
        return Value(abs(as_decimal(value.value)), value.kind, value.formatter)
    number = raw(value)
    return value if number is None else abs(as_decimal(number))


@pass_context
def _impact(context: Context, value: object, better: str = "higher") -> object:
    number = value.number if isinstance(value, Printed) else raw(value)
    if isinstance(number, str):
        _note_mark(context, number if number in _IMPACTS else "")
        return value
    if number is not None and not isinstance(value, Undefined):
        sign = as_decimal(number) * (1 if better == "higher" else -1)
        _note_mark(context, "favourable" if sign > 0 else "adverse" if sign < 0 else "neutral")
    return value


@pass_context
def _rag(context: Context, value: object, level: object = None) -> object:
    mark = raw(level if level is not None else value)
    if isinstance(mark, str) and mark:
        _note_mark(context, mark)
    return value


def _note_mark(context: Context, mark: str) -> None:
    marks = context.get(MARKS)
    if mark and isinstance(marks, list) and not marks:
        marks.append(mark)


def _default(value: object, other: object = "") -> object:
    return other if isinstance(value, Undefined) or (isinstance(value, Value) and value.value is None) else value


def _where(rows: Iterable[object], name: str, *wanted: object) -> tuple[object, ...]:
    expected = [raw(item) for item in wanted]
    return tuple(row for row in rows if _matches(_item(row, name), expected))


def _matches(value: object, expected: list[object]) -> bool:
    plain = raw(value)
    return plain in expected if expected else bool(plain)


def _item(row: object, name: str) -> object:
    for part in name.split("."):
        row = row.target if isinstance(row, Value) and row.target is not None else row
        row = row[part]  # type: ignore[index]
    return row


def sort_rows(rows: Iterable[object], *order: str) -> tuple[object, ...]:
    """Return rows by fields, each `name` or `name desc`; empty values come last either way; ties keep their order."""
    result = list(rows)
    for part in reversed([piece.strip() for text in order for piece in text.split(",")]):
        name, _, direction = part.partition(" ")
        filled = [row for row in result if raw(_item(row, name)) is not None]
        empty = [row for row in result if raw(_item(row, name)) is None]
        filled.sort(key=lambda row, name=name: _sort_key(raw(_item(row, name))), reverse=direction.strip() == "desc")  # type: ignore[misc]
        result = filled + empty
    return tuple(result)


def _sort_key(value: object) -> Any:
    if isinstance(value, str):
        return [int(part) if part.isdigit() else part.casefold() for part in re.split(r"(\d+)", value)]
    return value


def _top(rows: Iterable[object], count: int) -> tuple[object, ...]:
    return tuple(rows)[: int(str(raw(count)))]


FILTERS: dict[str, Callable[..., object]] = {
    "money": _money,
    "number": _number,
    "percent": _percent,
    "date": _date,
    "signed": _signed,
    "abs": _absolute,
    "short": _short,
    "impact": _impact,
    "rag": _rag,
    "default": _default,
    "raw": raw,
    "where": _where,
    "sort": sort_rows,
    "top": _top,
}
