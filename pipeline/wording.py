"""Turning values into words: the Jinja environments of all templates, and values that print themselves.

Every environment is the immutable sandbox with strict undefined names. Text from a workbook is data: it is printed,
never rendered again. What templates may say is described in docs/designers.md.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, meta, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.formats import EN_DASH, NOT_AVAILABLE, Formatter, as_decimal
from pipeline.model import CellRef

FORMATTER, MARKS, EMPTY_MARK = "_formatter", "_marks", "_empty_mark"
"""Context names that a renderer sets: the view's Formatter, a list that collects the marks of `impact` and `rag`,
and what an empty value prints as (an en dash in table cells, nothing elsewhere)."""


class Value:
    """A field or measure as templates see it: prints by its type, compares by its value.

    `value` is the raw value (None: empty or not available), `kind` its type or unit, `reason` why a measure is not
    available. An n.a. measure makes every comparison false.
    """

    __slots__ = ("_formatter", "_shown", "_source", "kind", "label", "reason", "target", "value")

    def __init__(  # noqa: PLR0913 - all but value, kind and formatter are named and optional
        self,
        value: object,
        kind: str,
        formatter: Formatter,
        *,
        reason: str | None = None,
        shown: str | None = None,
        target: object = None,
        label: str = "",
        source: CellRef | None = None,
    ) -> None:
        self.value = value
        self.kind = kind
        self.reason = reason
        self.label = label
        self.target = target
        self._formatter = formatter
        self._shown = shown
        self._source = source

    @property
    def formatter(self) -> Formatter:
        """Return what prints this value."""
        return self._formatter

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to print (an n.a. measure prints `n.a.` and is not empty)."""
        return self.reason is None and (self.value is None or self.value in ("", ()))

    def __str__(self) -> str:
        if self.reason is not None and self.value is None:
            return NOT_AVAILABLE
        return self._shown if self._shown is not None else self._formatter.print(self.value, self.kind)

    def __repr__(self) -> str:
        return f"Value({self.value!r}, {self.kind!r})"

    def __bool__(self) -> bool:
        return bool(self.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return self._compare(other, operator.eq)

    def __ne__(self, other: object) -> bool:
        return self._compare(other, operator.ne, unlike=True)

    def __lt__(self, other: object) -> bool:
        return self._compare(other, operator.lt)

    def __le__(self, other: object) -> bool:
        return self._compare(other, operator.le)

    def __gt__(self, other: object) -> bool:
        return self._compare(other, operator.gt)

    def __ge__(self, other: object) -> bool:
        return self._compare(other, operator.ge)

    def __add__(self, other: object) -> Value:
        return self._calculate(other, lambda left, right: left + right)

    def __sub__(self, other: object) -> Value:
        return self._calculate(other, lambda left, right: left - right)

    def __mul__(self, other: object) -> Value:
        return self._calculate(other, lambda left, right: left * right)

    def __truediv__(self, other: object) -> Value:
        return self._calculate(other, lambda left, right: left / right)

    def __neg__(self) -> Value:
        return self._calculate(-1, lambda left, right: left * right)

    def __len__(self) -> int:
        return len(self.value) if isinstance(self.value, str | tuple) else int(self.value is not None)

    def __iter__(self) -> Iterator[object]:
        return iter(self.value if isinstance(self.value, tuple) else ())

    def __contains__(self, item: object) -> bool:
        wanted = raw(item)
        if isinstance(self.value, str):
            return isinstance(wanted, str) and wanted in self.value
        return isinstance(self.value, tuple) and wanted in self.value

    def _compare(self, other: object, holds: Callable[[Any, Any], bool], *, unlike: bool = False) -> bool:
        """Return the comparison; `unlike` is its answer for values of different kinds, or one of them empty."""
        if self.reason is not None and self.value is None:
            return False
        left, right = _comparable(self.value), _comparable(raw(other))
        if left is None and right is None:
            return holds is operator.eq
        return holds(left, right) if _same_kind(left, right) else unlike

    def _calculate(self, other: object, result: Callable[[Decimal, Decimal], Decimal]) -> Value:
        right = raw(other)
        if self.value is None or right is None:
            reason = self.reason or (other.reason if isinstance(other, Value) else None) or "no_data"
            return Value(None, self.kind, self._formatter, reason=reason)
        return Value(result(as_decimal(self.value), as_decimal(right)), self.kind, self._formatter)


def _comparable(value: object) -> object:
    if isinstance(value, bool) or value is None or isinstance(value, str | date | tuple):
        return value
    return as_decimal(value) if isinstance(value, int | float | Decimal) else value


def _same_kind(left: object, right: object) -> bool:
    return isinstance(left, type(right)) or isinstance(right, type(left))


class ViewRow:
    """A row, form or group of names as templates see it: `row.field`; an unknown name is an error of the template."""

    __slots__ = ("_names",)

    def __init__(self, names: Mapping[str, object]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> object:
        return self._names[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"ViewRow({', '.join(self._names)})"


class ViewList(Sequence[ViewRow]):
    """The rows of a measure with dimensions: iterated in order, or one of them by its key: `measures.x['key']`."""

    def __init__(self, rows: Iterable[ViewRow], keys: Iterable[object] = ()) -> None:
        self._rows = tuple(rows)
        self._by_key = dict(zip(keys, self._rows, strict=False))

    def __getitem__(self, key: Any) -> Any:
        wanted = raw(key)
        if wanted in self._by_key:
            return self._by_key[wanted]
        if isinstance(wanted, int | slice):
            return self._rows[wanted]
        raise KeyError(wanted)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return raw(key) in self._by_key


def source_of(value: Value) -> CellRef | None:
    """Return the cell a value was read from, for findings; no template can reach it (the sandbox hides `_` names)."""
    return value._source  # noqa: SLF001 - hidden from templates, not from the engine


def own_text(value: Value) -> str | None:
    """Return the text that a value prints instead of what its type makes of it, such as a choice's label."""
    return value._shown  # noqa: SLF001 - hidden from templates, not from the engine


def raw(value: object) -> object:
    """Return the plain value behind a `Value`, anything else as it is."""
    return value.value if isinstance(value, Value) else value


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


@pass_context
def _finalize(context: Context, value: object) -> object:
    """Return what an expression prints: never None; an empty value as the sink's mark for it."""
    if value is None or (isinstance(value, Value) and value.is_empty):
        return context.get(EMPTY_MARK) or ""
    return value


class UnknownName(StrictUndefined):
    """A name that is not there: an error wherever it is used, in words for whoever wrote the template."""

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or f"there is no `{self._undefined_name}` here"


@lru_cache(maxsize=4)
def environment(*, markup: bool) -> ImmutableSandboxedEnvironment:
    """Return the Jinja environment for markup sinks (autoescape: HTML, Word's XML) or for plain ones.

    It is shared by all templates of a process and holds nothing of any account: the language comes with the context
    (`context_of`).
    """
    result = ImmutableSandboxedEnvironment(autoescape=markup, undefined=UnknownName, finalize=_finalize)
    result.filters.update(FILTERS)
    return result


def context_of(
    names: Mapping[str, object], formatter: Formatter, *, in_table: bool = False, marks: list[str] | None = None
) -> dict[str, object]:
    """Return the context for rendering: the view's names and what the filters need to know."""
    return {**names, FORMATTER: formatter, EMPTY_MARK: EN_DASH if in_table else "", MARKS: marks}


_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PLAIN = str.maketrans({
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "＂": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'",
    "‹": "'", "›": "'", "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u3000": " ",
})  # fmt: skip


def plain_expression(source: str) -> str:
    """Return an expression with what word processors make of quotes, spaces, dots and dashes undone."""
    return source.translate(_PLAIN).replace("…", "...").replace("–", "-").replace("—", "--")


def plain_tags(source: str) -> str:
    """Return a text whose tags are undone as in `plain_expression`; text outside tags stays as it is."""
    return _TAG.sub(lambda match: plain_expression(match.group()), source)


@lru_cache(maxsize=4096)
def names_in(source: str, *, expression: bool = False) -> frozenset[str]:
    """Return what a template (or a bare expression) asks of its context, one or two levels deep.

    `{{ measures.revenue_ytd.value }}` asks for `measures.revenue_ytd`, a loop over `actions` for `actions`; names
    that the template sets itself (loop variables) are left out. Raises jinja2.TemplateSyntaxError.
    """
    if not expression and "{" not in source:
        return frozenset()
    text = f"{{{{ {source} }}}}" if expression else source
    return names_of(environment(markup=False).parse(text))


def names_of(tree: nodes.Template) -> frozenset[str]:
    """Return the same of a parsed template, for whoever parses with a loader of their own."""
    # By scope: a loop variable may be called like a name of the view that stands elsewhere in the same template.
    free = meta.find_undeclared_variables(tree)
    asked: set[str] = set()
    _collect_names(tree, free, asked)
    return frozenset(asked)


class UnusableText(ValueError):
    """A text with tags cannot be read, or cannot be filled from what it is given; the message says why."""


@dataclass(frozen=True)
class PlainText:
    """A text with tags for a place that is no markup, such as a message: compiled once, filled often."""

    names: frozenset[str]
    _template: Template

    def fill(self, context: Mapping[str, object]) -> str:
        """Return the text filled from a context; raise UnusableText where it asks for what is not there."""
        try:
            return self._template.render(context)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise UnusableText(str(error)) from error


def plain_text(source: str) -> PlainText:
    """Return a text with tags, compiled, with the names it asks for; raise UnusableText where it cannot be read."""
    try:
        return PlainText(names_in(source), environment(markup=False).from_string(source))
    except TemplateSyntaxError as error:
        raise UnusableText(error.message or str(error)) from error


def _collect_names(node: nodes.Node, free: set[str], asked: set[str]) -> None:
    path = _dotted(node)
    if path is not None:
        if path[0] in free:
            asked.add(".".join(path[:2]))
        return
    for child in node.iter_child_nodes():
        _collect_names(child, free, asked)


def _dotted(node: nodes.Node) -> tuple[str, ...] | None:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        base = _dotted(node.node)
        return None if base is None else (*base, node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        base = _dotted(node.node)
        return None if base is None else (*base, str(node.arg.value))
    return None
