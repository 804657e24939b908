"""Loops of bindings: `for: x in list` with `where`, `order`, `limit` and `group`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.formats import as_decimal
from pipeline.render.office.bindings import Binding
from pipeline.render.pptx.expressions import Expression, TagError, compile_expression, explain, without
from pipeline.wording import Value, ViewRow, raw, sort_rows

_FOR = re.compile(r"^([A-Za-z_]\w*)\s+in\s+(.+)$", re.DOTALL)
_FIELD = re.compile(r"^\s*[A-Za-z_][\w.]*(?:\s+(?:asc|desc))?\s*$")
_LOOP_KEYS = ("where", "order", "limit", "group")


@dataclass(frozen=True)
class Group:
    """Items that share a value: the value, the items, and their totals."""

    value: object
    items: tuple[object, ...]
    total: Totals


class Totals:
    """Sums over items by field: `total.amount`; what is empty or n.a. is left out, all of it empty gives n.a."""

    def __init__(self, items: Sequence[object]) -> None:
        self._items = items

    def __getitem__(self, field: str) -> object:
        values = [_field(item, field) for item in self._items]
        known = [value for value in values if _is_number(raw(value))]
        sample = next((value for value in values if isinstance(value, Value)), None)
        total = sum((as_decimal(raw(value)) for value in known), Decimal(0))
        if sample is None:
            return total
        return Value(total if known else None, sample.kind, sample.formatter, reason=None if known else "no_data")


@dataclass(frozen=True)
class Loop:
    """A compiled loop; `names` are those it asks the context for."""

    variable: str
    items_of: Expression
    where: Expression | None = None
    order: tuple[str, ...] = ()
    limit: Expression | None = None
    group: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """Return the names that the loop asks the context for."""
        parts = (self.items_of, self.where, self.limit)
        asked = frozenset[str]().union(*(part.names for part in parts if part))
        return without(asked, [self.variable])

    def items(self, context: Mapping[str, object]) -> list[object]:
        """Return the items in order; raise TagError when the list is none or a condition fails."""
        found = self._listed(context)
        if self.where is not None:
            where = self.where
            found = [item for item in found if where.holds({**context, self.variable: item})]
        if self.order:
            found = self._sorted(found)
        return found[: self._count(context)] if self.limit else found

    def groups(self, items: Sequence[object]) -> list[Group]:
        """Return the items in groups, in the order in which their values appear; one group when none is asked for."""
        if self.group is None:
            return [Group("", tuple(items), Totals(items))]
        members: dict[object, list[object]] = {}
        values: dict[object, object] = {}
        for item in items:
            value = _field(item, self.group)
            members.setdefault(raw(value), []).append(item)
            values.setdefault(raw(value), value)
        return [Group(values[key], tuple(items), Totals(items)) for key, items in members.items()]

    def _listed(self, context: Mapping[str, object]) -> list[object]:
        found = self.items_of(context)
        if found is None:
            return []
        if not isinstance(found, Iterable) or isinstance(found, str | ViewRow):
            raise TagError(f"for: {self.variable} in {self.items_of.source}", "this is no list.")
        try:
            return list(found)
        except Exception as error:
            raise TagError(self.items_of.source, explain(error)) from error

    def _sorted(self, items: list[object]) -> list[object]:
        try:
            return list(sort_rows(items, *self.order))
        except Exception as error:
            raise TagError(f"order: {', '.join(self.order)}", explain(error)) from error

    def _count(self, context: Mapping[str, object]) -> int:
        value = raw(self.limit(context)) if self.limit else None
        if not _is_number(value):
            raise TagError(f"limit: {self.limit.source if self.limit else ''}", "expected a whole number.")
        return max(0, int(as_decimal(value)))


def compile_loop(binding: Binding) -> Loop | None:
    """Return the loop of a binding, None without `for:`; raise TagError for what cannot be one."""
    source = binding.get("for")
    if source is None:
        _refuse_orphans(binding)
        return None
    match = _FOR.match(source)
    if match is None:
        raise TagError(f"for: {source}", "expected `name in list`, such as `for: a in actions`.")
    where, limit = binding.get("where"), binding.get("limit")
    return Loop(
        variable=match.group(1),
        items_of=compile_expression(match.group(2)),
        where=compile_expression(where) if where else None,
        order=_order(binding.get("order")),
        limit=compile_expression(limit) if limit else None,
        group=_group(binding.get("group"), match.group(1)),
    )


def _refuse_orphans(binding: Binding) -> None:
    for key in _LOOP_KEYS:
        if binding.get(key) is not None:
            raise TagError(f"{key}: {binding.get(key)}", "this needs a `for:` line beside it.")


def _order(source: str | None) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in source.split(",")) if source else ()
    for part in parts:
        if not _FIELD.match(part):
            raise TagError(f"order: {source}", "expected fields, each with `desc` or nothing, separated by commas.")
    return tuple(part.removesuffix(" asc") for part in parts)


def _group(source: str | None, variable: str) -> str | None:
    if source is None:
        return None
    field = source.strip().removeprefix(f"{variable}.")
    if not _FIELD.match(field):
        raise TagError(f"group: {source}", "expected the name of a field.")
    return field


def _field(item: object, path: str) -> object:
    for part in path.split("."):
        item = item.target if isinstance(item, Value) and item.target is not None else item
        if not isinstance(item, ViewRow | Mapping) or part not in item:
            raise TagError(path, f"there is no `{part}` in these rows.")
        item = item[part]
    return item


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal | float) and not isinstance(value, bool)
