"""From a figure's definition and a view to the data to be drawn.

A figure names a measure with dimensions or a table; the numbers come from the view alone, so that a customer's figure
cannot hold what the customer's view does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pipeline.definitions.output_set import FigureDefinition
from pipeline.formats import Formatter, Scale, as_decimal, scale_for
from pipeline.model import Figure, Node, PlanView, Series, Text
from pipeline.wording import Value, context_of, environment, plain_expression, raw, sort_rows

_NODE_KINDS = ("tree", "grid", "matrix")
Expression = Callable[..., Any]


def figure_of(definition: FigureDefinition, view: PlanView, arguments: Mapping[str, object] | None = None) -> Figure:
    """Return the figure with the view's data; `arguments` keep the rows whose fields equal them.

    Raises KeyError when the view lacks the measure, table or field, which the check of templates reports beforehand.
    """
    rows = _rows(definition, view, arguments or {})
    if definition.kind in _NODE_KINDS:
        return _nodes_figure(definition, view, rows)
    return _chart_figure(definition, view, rows)


def _rows(definition: FigureDefinition, view: PlanView, arguments: Mapping[str, object]) -> tuple[Any, ...]:
    source: Any = view.names[definition.table] if definition.table else view.names["measures"]
    rows: Iterable[Any] = source if definition.table else source[definition.measure]
    kept = [row for row in rows if all(raw(row[name]) == raw(wanted) for name, wanted in arguments.items())]
    if definition.where:
        holds, context = _expression(definition.where), _context(view)
        kept = [row for row in kept if holds(**context, row=row)]
    ordered = sort_rows(kept, definition.order) if definition.order else tuple(kept)
    return ordered[: definition.limit] if definition.limit else ordered


@lru_cache(maxsize=256)
def _expression(source: str) -> Expression:
    return environment(markup=False).compile_expression(plain_expression(source), undefined_to_none=False)


def _context(view: PlanView) -> dict[str, object]:
    return context_of(view.names, Formatter(view.language, view.currency))


def _chart_figure(definition: FigureDefinition, view: PlanView, rows: tuple[Any, ...]) -> Figure:
    split = definition.options.get("split")
    if split:
        categories, columns = _pivot(definition, rows, str(split))
    else:
        categories = tuple(_category(definition, row) for row in rows)
        columns = {
            (code, filled_text(name, view)): tuple(_number(row[code]) for row in rows)
            for code, name in (definition.series or {"value": definition.title}).items()
        }
    unit = definition.unit or _unit(rows, definition)
    scale = scale_for(
        Formatter(view.language, view.currency), unit, (value for column in columns.values() for value in column)
    )
    signed = bool(definition.options.get("signed", False))
    series = tuple(_series(code, name, values, scale, signed=signed) for (code, name), values in columns.items())
    if definition.options.get("as_typed"):
        series = tuple(_as_typed(one, scale) for one in series)
    title, description = filled_text(definition.title, view), _description(definition, view, categories, series)
    return Figure(definition.id, definition.kind, title, description, unit, scale.unit_label, categories, series)


def _pivot(
    definition: FigureDefinition, rows: tuple[Any, ...], split: str
) -> tuple[tuple[str, ...], dict[tuple[str, str], tuple[Decimal | None, ...]]]:
    categories = tuple(dict.fromkeys(_category(definition, row) for row in rows))
    code = next(iter(definition.series), "value")
    names = dict.fromkeys((str(raw(row[split])), str(row[split])) for row in rows)
    cells = {(_category(definition, row), str(raw(row[split]))): _number(row[code]) for row in rows}
    return categories, {
        (key, name): tuple(cells.get((category, key)) for category in categories) for key, name in names
    }


def _category(definition: FigureDefinition, row: Any) -> str:
    value = row[definition.category or "key"]
    if isinstance(value, Value) and isinstance(value.value, date) and definition.options.get("short_months"):
        return value.formatter.short_month(value.value)
    return str(value)


def _number(value: object) -> Decimal | None:
    plain = raw(value)
    return None if plain is None else as_decimal(plain)


def _unit(rows: tuple[Any, ...], definition: FigureDefinition) -> str:
    for row in rows:
        for code in tuple(definition.series) or ("value",):
            value = row[code]
            if isinstance(value, Value):
                return value.kind
    return "number"


def _series(code: str, name: str, values: tuple[Decimal | None, ...], scale: Scale, *, signed: bool) -> Series:
    return Series(code, name, values, tuple(scale.text(value, signed=signed) for value in values))


def _as_typed(series: Series, scale: Scale) -> Series:
    """Return the series with each number labelled as a person typed it: 5 and 2.6 rather than 5.00 and 2.60."""
    number = scale.formatter.number
    return replace(series, labels=tuple("" if value is None else number(value) for value in series.values))


def filled_text(text: Text, view: PlanView) -> str:
    """Return a text of a definition in the view's language, its tags filled from the view."""
    return str(_template(text.to(view.language)).render(_context(view)))


@lru_cache(maxsize=256)
def _template(source: str) -> Any:
    return environment(markup=False).from_string(source)


def _description(
    definition: FigureDefinition, view: PlanView, categories: tuple[str, ...], series: tuple[Series, ...]
) -> str:
    if definition.description is not None:
        return filled_text(definition.description, view)
    title = filled_text(definition.title, view)
    parts = [f"{one.name}: {_list_of(categories, one.labels)}" for one in series]
    return f"{title}. {'; '.join(parts)}." if parts else title


def _list_of(categories: tuple[str, ...], labels: tuple[str, ...]) -> str:
    return ", ".join(f"{category} {label}" for category, label in zip(categories, labels, strict=True) if label)


def _nodes_figure(definition: FigureDefinition, view: PlanView, rows: tuple[Any, ...]) -> Figure:
    rows = tuple(row for row in rows if _has_place(definition, row))
    columns = _titles(rows, definition.column, definition.options.get("column_order"))
    lines = _titles(rows, definition.row, definition.options.get("row_order"))
    flags = {mark: _expression(condition) for mark, condition in definition.flags.items()}
    context = _context(view)
    nodes = tuple(_node(definition, row, columns, lines, _flags(flags, context, row)) for row in rows)
    title = filled_text(definition.title, view)
    description = (
        filled_text(definition.description, view) if definition.description else _node_description(title, nodes)
    )
    return Figure(
        definition.id, definition.kind, title, description, definition.unit or "text", "",
        categories=tuple(columns.values()), row_titles=tuple(lines.values()), nodes=nodes,
    )  # fmt: skip


def _has_place(definition: FigureDefinition, row: Any) -> bool:
    """Return whether a row says where in the grid it stands: without, it would pass for one of the first cell."""
    return all(raw(row[field]) is not None for field in (definition.row, definition.column) if field is not None)


def _titles(rows: tuple[Any, ...], field: str | None, order: object) -> dict[str, str]:
    if field is None:
        return {}
    found = {str(raw(row[field])): str(row[field]) for row in rows}
    wanted = [part.strip() for part in str(order).split(",")] if order else sorted(found)
    return {key: found.get(key, key) for key in (*wanted, *(key for key in found if key not in wanted))}


def _flags(conditions: Mapping[str, Expression], context: Mapping[str, object], row: Any) -> tuple[str, ...]:
    return tuple(mark for mark, holds in conditions.items() if holds(**context, row=row))


def _node(
    definition: FigureDefinition, row: Any, columns: dict[str, str], lines: dict[str, str], flags: tuple[str, ...]
) -> Node:
    def text(field: str | None) -> str:
        return "" if field is None else str(row[field])

    def code(field: str | None) -> str:
        plain = None if field is None else raw(row[field])
        return "" if plain is None else str(plain)

    return Node(
        key=code(definition.key), label=text(definition.label), detail=text(definition.detail),
        parent=code(definition.parent) or None, row=_position(lines, code(definition.row)),
        column=_position(columns, code(definition.column)), state=code(definition.state), ring=code(definition.ring),
        flags=flags, row_values=row,
    )  # fmt: skip


def _position(titles: dict[str, str], key: str) -> int:
    return list(titles).index(key) if titles else 0


def _node_description(title: str, nodes: tuple[Node, ...]) -> str:
    return f"{title}. {', '.join(' '.join(filter(None, (node.label, node.detail))) for node in nodes)}."
