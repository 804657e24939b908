"""Joint plans from the shipped set and small accounts: YAML of tables in, judged and drawn as the product does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from pipeline.definitions.load import Definitions, load_definitions
from pipeline.definitions.source import read_yaml
from pipeline.definitions.workbook_template import TableDefinition
from pipeline.judge import Prepared, judge, prepare, view
from pipeline.model import Audience, Calendar, CellRef, PlanView, Row, Scalar, Status, Table, Workbook
from pipeline.render.documents import CompiledDocument, compile_document, completed_view, render_document
from pipeline.render.rendered import Rendered
from tests.support.repository import ROOT

AS_OF = date(2026, 10, 31)
CALENDAR = Calendar(AS_OF, date(2026, 9, 30), date(2026, 1, 1), date(2026, 12, 31))
ACCOUNTS = Path(__file__).parent / "accounts"
SHARING = ("shared_with_customer", "shown_to_customer")
Account = dict[str, Any]


@cache
def definitions() -> Definitions:
    """Return the shipped set."""
    return load_definitions(ROOT, "account_plan", "planpress")


@cache
def prepared() -> Prepared:
    """Return the shipped rules, ready for workbooks."""
    return prepare(definitions().template, definitions().rules, {})


@cache
def document() -> CompiledDocument:
    """Return the joint plan, compiled."""
    found = {one.id: one for one in definitions().outputs.documents}
    return compile_document(found["joint_plan"], definitions())


def account(name: str) -> Account:
    """Return the tables of a small account; `english` is filled in full."""
    file = ACCOUNTS / f"{name}.yaml"
    return dict(read_yaml(file.name, file.read_text(encoding="utf-8"), []))


def least() -> Account:
    """Return the least that a customer is shown: one objective and whom to call."""
    english = account("english")
    kept = ("name", "plan_starts_on", "plan_ends_on", "owner", "owner_email")
    form = {name: english["account"][name] for name in kept}
    return {"language": "en", "account": form, "objectives": english["objectives"][:1]}


def most() -> Account:
    """Return twelve objectives, sixty actions and long texts."""
    english = account("english")
    sentence = "We agreed on this after a long discussion of what stood in the way last year and who can change it. "
    name = "Northwind Traders International Holding and Subsidiaries (Europe, Middle East and Africa)"
    objectives = [
        row | {"no": f"O{n}", "objective": f"{row['objective']} ({n})", "our_solution": sentence * (1 + n % 4)}
        for n, row in zip(range(1, 13), english["objectives"] * 3, strict=False)
    ]
    actions = [
        row | {"serves": f"O{n % 12 + 1}", "action": f"{row['action']}, part {n}", "due": AS_OF + timedelta(days=n)}
        for n, row in enumerate(english["actions"] * 5, start=1)
    ]
    form = english["account"] | {"name": name, "what_we_deliver": sentence * 6}
    return english | {"account": form, "objectives": objectives, "actions": actions}


def customer_view(tables: Account, status: Status = Status.FINAL) -> PlanView:
    """Return what the customer sees of an account, complete for the joint plan."""
    plan = judge(workbook(tables), prepared(), CALENDAR)
    names = {"edition": 3}
    seen = view(plan, prepared(), Audience.CUSTOMER, tables["language"], names)
    return completed_view(seen, definitions(), document().definition, status)


def internal_view(tables: Account) -> PlanView:
    """Return all there is of an account, in the language of the customer's document."""
    return view(judge(workbook(tables), prepared(), CALENDAR), prepared(), Audience.INTERNAL, tables["language"])


def joint_plan(tables: Account, status: Status = Status.FINAL) -> Rendered:
    """Return the joint plan of an account as PDF."""
    return render_document(document(), customer_view(tables, status), definitions())


def workbook(tables: Account) -> Workbook:
    """Return an account's tables as a workbook; rows are shared with the customer unless they say otherwise."""
    template, numbers = definitions().template, count(1)
    found = {
        name: Table(name, name, tuple(_row(table, next(numbers), row) for row in _rows(tables, name)))
        for name, table in template.tables.items()
    }
    return Workbook("Account.xlsx", "0" * 64, template.template, 1, tables["language"], found)


def _rows(tables: Account, name: str) -> Iterable[Mapping[str, Any]]:
    if name == "account":
        return [{"account_id": "CON-1", "currency": "EUR", "language": tables["language"], **tables["account"]}]
    return [{f"{mark}": True for mark in SHARING} | row for row in tables.get(name, ())]


def _row(table: TableDefinition, number: int, values: Mapping[str, Any]) -> Row:
    assert set(values) <= {*table.by_name, *SHARING}, "an account names a field that the template does not have"
    typed = {field.name: _typed(field.type, values.get(field.name)) for field in table.fields}
    cells = {name: CellRef(table.name, number, column) for column, name in enumerate(table.by_name, start=1)}
    return Row(number, typed, frozenset(), cells)


def _typed(kind: str, value: Any) -> Scalar:
    if value is not None and kind in ("number", "money", "percent"):
        return Decimal(str(value))
    return str(value) if kind in ("text", "long_text", "person") and value is not None else value
