"""Views of customers to draw joint plans from, put together by hand in the notation `table=[{field: value}, …]`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import cast

import duckdb

from pipeline.definitions.load import Definitions, load_definitions
from pipeline.definitions.workbook_template import FieldDefinition, WorkbookTemplate
from pipeline.formats import Formatter
from pipeline.model import Audience, Figure, PlanView, Scalar
from pipeline.render.figures.data import figure_of
from pipeline.wording import Value, ViewList, ViewRow, context_of, environment, raw

WORKSPACE = Path(__file__).parents[3]
AS_OF = date(2026, 10, 31)
Rows = Iterable[Mapping[str, Scalar]]


@cache
def definitions() -> Definitions:
    """Return the shipped set."""
    return load_definitions(WORKSPACE, "account_plan", "planpress")


def customer_view(language: str, account: Mapping[str, Scalar], **tables: Rows) -> PlanView:
    """Return a customer's view with these rows; a reference is written as the key under `no` of the row it names."""
    return _Views(definitions().template, Formatter(language, "EUR")).view(account, tables)


def figures_of(view: PlanView):  # type: ignore[no-untyped-def] # noqa: ANN201 - a function of the renderer's type
    """Return what draws the set's figures from a view."""
    known = {figure.id: figure for figure in definitions().outputs.figures}

    def figure(name: str, arguments: Mapping[str, object]) -> Figure:
        return figure_of(known[name], view, arguments)

    return figure


class _Views:
    def __init__(self, template: WorkbookTemplate, formatter: Formatter) -> None:
        self._template, self._formatter = template, formatter
        self._rows: dict[object, ViewRow] = {}

    def view(self, account: Mapping[str, Scalar], tables: Mapping[str, Rows]) -> PlanView:
        names: dict[str, object] = {"account": self._row("account", account)}
        shown = [name for name, table in self._template.tables.items() if table.customer_rows]
        for name in sorted(shown, key=lambda name: name != "objectives"):
            names[name] = tuple(self._row(name, row) for row in tables.get(name, ()))
        names |= {"as_of": Value(AS_OF, "date", self._formatter), "edition": Value(3, "integer", self._formatter)}
        names["measures"] = ViewRow(self._measures(tables))
        names["headlines"] = ViewRow(self._headlines(names))
        return PlanView(Audience.CUSTOMER, self._formatter.language, self._formatter.currency, names)

    def _row(self, table: str, values: Mapping[str, Scalar]) -> ViewRow:
        fields = [field for field in self._template.tables[table].fields if field.customer == "yes"]
        row = ViewRow({field.name: self._value(field, values.get(field.name)) for field in fields})
        if "no" in values:
            self._rows[values["no"]] = row
        return row

    def _value(self, field: FieldDefinition, value: Scalar) -> Value:
        if field.type == "reference":
            target = self._rows.get(value)
            shown = str(next(iter(target[name] for name in target))) if target is not None else None
            return Value(
                value if target is not None else None, "reference", self._formatter, shown=shown, target=target
            )
        shown = field.choices[str(value)].to(self._formatter.language) if field.choices and value else None
        return Value(value, field.type, self._formatter, shown=shown)

    def _measures(self, tables: Mapping[str, Rows]) -> dict[str, object]:
        """Return the measures of the shipped rules that the joint plan uses, worked out in plain Python."""
        progress = {row["objective"]: _progress(row) for row in tables.get("objectives", ())}
        actions, issues = list(tables.get("actions", ())), list(tables.get("issues", ()))
        latest = {row["measure"]: row for row in tables.get("service_levels", ()) if row.get("actual") is not None}
        undone = [row["due"] for row in actions if not row.get("done_on")]
        days = [day for row in tables.get("reviews", ()) for day in (row["held_on"], row.get("next_review")) if day]
        numbers: dict[str, tuple[Scalar, str]] = {
            "joint_objectives_count": (len(progress), "integer"),
            "joint_objectives_reached": (sum(p is not None and p >= 1 for p in progress.values()), "integer"),
            "joint_objectives_half_way": (
                sum(p is not None and p >= Decimal("0.5") for p in progress.values()),
                "integer",
            ),
            "joint_next_objective_due": (
                min(
                    (
                        row["due"]
                        for row in tables.get("objectives", ())
                        if row["due"] >= AS_OF and (_progress(row) or 0) < 1
                    ),
                    default=None,
                ),
                "date",
            ),
            "joint_actions_count": (len(actions), "integer"),
            "joint_actions_done": (len(actions) - len(undone), "integer"),
            "joint_actions_open": (len(undone), "integer"),
            "joint_next_due": (min((d for d in undone if d >= AS_OF), default=None), "date"),  # type: ignore[type-var,operator]
            "joint_service_levels_count": (len(latest), "integer"),
            "joint_service_levels_met": (sum(_met(row) for row in latest.values()), "integer"),
            "joint_service_month": (max((row["period"] for row in latest.values()), default=None), "month"),  # type: ignore[type-var]
            "joint_issues_open": (sum(not row.get("resolved") for row in issues), "integer"),
            "joint_issues_solved": (sum(bool(row.get("resolved")) for row in issues), "integer"),
            "joint_next_review": (min((day for day in days if day > AS_OF), default=None), "date"),  # type: ignore[type-var,operator]
            "joint_last_review": (max((day for day in days if day <= AS_OF), default=None), "date"),  # type: ignore[type-var,operator]
        }
        measures: dict[str, object] = {
            name: Value(value, kind, self._formatter, reason="no_data" if value is None else None)
            for name, (value, kind) in numbers.items()
        }
        rows = [ViewRow({"value": self._percent(share)}) for share in progress.values()]
        return measures | {"joint_objective_progress": ViewList(rows, progress)}

    def _percent(self, share: Decimal | None) -> Value:
        return Value(share, "percent", self._formatter, reason="no_data" if share is None else None)

    def _headlines(self, names: Mapping[str, object]) -> dict[str, object]:
        """Return the customer's headlines, each by the first of its cases that holds over the measures."""
        measures = cast("ViewRow", names["measures"])
        numbers = {name: raw(measures[name]) for name in measures if isinstance(measures[name], Value)}
        columns = ", ".join(f"? as {name}" for name in numbers)
        said = {}
        for headline in definitions().rules.headlines:
            if headline.customer == "yes":
                chosen = ", ".join(f"({case.when})" for case in headline.cases)
                query = f"select list_position([{chosen}], true) from (select {columns})"
                position = duckdb.execute(query, list(numbers.values())).fetchall()[0][0]
                text = environment(markup=False).from_string(headline.cases[position - 1].say.to(self._language))
                said[headline.id] = text.render(context_of(names, self._formatter))
        return said

    @property
    def _language(self) -> str:
        return self._formatter.language


def _progress(row: Mapping[str, Scalar]) -> Decimal | None:
    start, now, goal = (row.get(name) for name in ("baseline", "current", "target"))
    if start is None or now is None or goal is None or start == goal:
        return None
    return (Decimal(str(now)) - Decimal(str(start))) / (Decimal(str(goal)) - Decimal(str(start)))


def _met(row: Mapping[str, Scalar]) -> bool:
    actual, agreed = Decimal(str(row["actual"])), Decimal(str(row["agreed"]))
    return actual <= agreed if row["better"] == "lower" else actual >= agreed
