"""Values, rows and lists as templates see them: they print themselves and compare by what they hold."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.formats import NOT_AVAILABLE, Formatter, as_decimal
from pipeline.model import CellRef


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
