"""A small template, and workbooks made from it, for the tests of reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.extract import extract
from pipeline.model import Finding, Row, Table, Workbook
from tests.support.workbooks import Sheets, arrival, template, workbook

SOURCE = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")
SMALL = template(SOURCE)

TASKS: list[Any] = [
    "No.", "Task", "Due", "Amount (net)", "Share", "Pieces", "Still open", "State", "Serves", "Month", "E-mail", "Link",
    "Picture", "Note",
]  # fmt: skip
GERMAN_TASKS: list[Any] = [
    "Nr.", "Aufgabe", "Fällig", "Betrag (netto)", "Anteil", "Stück", "Noch offen", "Zustand", "Dient", "Monat",
    "E-Mail", "Verweis", "Bild", "Notiz",
]  # fmt: skip
CLIENT: list[list[Any]] = [["Client ID", "CON-1"], ["Name", "Contoso"], ["Tier", "Basic"], ["Currency", "EUR"],
                           ["Language", "English"], ["Yearly spend", 1000], ["Founded", "1999-05-01"]]  # fmt: skip
WORDS: list[list[Any]] = [["Good", "Size", None, "Place"], ["Pump", 2, None, "North"]]


def good(**changes: Sequence[Sequence[Any]] | Any) -> Sheets:
    """Return the sheets of a plain good workbook, each of `changes` in the place of its own (None: left out)."""
    sheets = {"Client": CLIENT, "Tasks": [TASKS], "Words": WORDS} | changes
    return {title: rows for title, rows in sheets.items() if rows is not None}


def read(content: bytes | Sheets) -> Workbook:
    """Return what is read from bytes, or from sheets written into a workbook of version 2."""
    found = content if isinstance(content, bytes) else workbook(content, version=2)
    return extract(arrival(found), {"small": SMALL})


def tasks(*rows: Sequence[Any], heading: Sequence[Any] = TASKS, **client: str) -> Table:
    """Return the table of tasks from these rows under the usual headings."""
    return read(good(Tasks=[heading, *rows])).tables["tasks"]


def found(workbook: Workbook) -> list[tuple[str, str]]:
    """Return code and place of each finding."""
    return [(finding.id, finding.place) for finding in workbook.findings]


def only(workbook: Workbook, code: str) -> Finding:
    """Return the one finding with this code."""
    (finding,) = [finding for finding in workbook.findings if finding.id == code]
    return finding


def filled(row: Row) -> dict[str, Any]:
    """Return the values of a row that are not empty."""
    return {name: value for name, value in row.values.items() if value is not None}
