"""A whole list of bad workbooks is saved at once: each gets one clear sentence, the good ones get their documents."""

from __future__ import annotations

import html
import io
import re
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.bad_files import (
    ENCRYPTED,
    OLD_EXCEL,
    PDF,
    changed,
    cut_off,
    entity_bomb,
    many_empty_rows,
    plain_zip,
    with_macros,
    zip_bomb,
)
from tests.support.real_workspace import Answer, RealWorkspace
from tests.support.tiny import tiny_blank, tiny_workbook, tiny_workspace

Change = Callable[[bytes], bytes]
Workbook = openpyxl.Workbook

# What nobody can know the account of: the file, and what is told about it.
UNREADABLE: Mapping[str, tuple[Change | bytes, str]] = {
    "empty.xlsx": (b"", "This file is empty (0 bytes)."),
    "text.xlsx": (b"No.;Task\nT1;Call\n", "has the name of an Excel workbook, but its content is something else"),
    "archive.xlsx": (plain_zip, "has the name of an Excel workbook, but its content is something else"),
    "old.xls": (OLD_EXCEL, "This workbook is in the old Excel format (.xls)"),
    "old renamed.xlsx": (OLD_EXCEL, "This workbook is in the old Excel format (.xls)"),
    "pdf renamed.xlsx": (PDF, "This is a PDF that was given the name of a workbook."),
    "locked.xlsx": (ENCRYPTED, "This workbook is protected by a password for opening"),
    "zip bomb.xlsx": (zip_bomb, "This file would unpack to 50 MB, far more than a workbook needs"),
    "entity bomb.xlsx": (entity_bomb, "contains XML declarations that no spreadsheet program writes"),
    "cut off.xlsx": (cut_off, "This workbook is damaged or was not copied completely."),
    "somebody's list.xlsx": (
        lambda _: changed(_plain_workbook(), lambda _: None),
        "This workbook was not made from a known template",
    ),
    "other template.xlsx": (
        lambda good: changed(good, partial(_type, "_planpress", "B1", "gartenplan")),
        "was made from the template “gartenplan”, which is not known here. Known are: aufzugsakte.",
    ),
    "blank.xlsx": (lambda _: tiny_blank(), "This is a blank workbook: “Kennung” is empty and nothing is filled in."),
    "ä folder/deep/without id.xlsx": (
        lambda good: changed(good, partial(_type, "Anlage", "C3", None)),
        "“Kennung” is empty, so that nobody can tell whose plan this is.",
    ),
    "bad id.xlsx": (
        lambda good: changed(good, partial(_type, "Anlage", "C3", "../../x")),
        "“Kennung” cannot be used as it stands (../../x)",
    ),
}

# What belongs to an account: the change, the status of the account, and what is told (None: nothing).
DAMAGED: Mapping[str, tuple[Change, str, str | None]] = {
    "macros.xlsm": (with_macros, "final", "Diese Arbeitsmappe enthält Makros. Sie werden nie ausgeführt"),
    "many rows.xlsx": (many_empty_rows, "final", None),
    "200 columns.xlsx": (lambda good: changed(good, lambda book: _add_columns(book["Prüfungen"])), "final", None),
    "sheet missing.xlsx": (
        lambda good: changed(good, lambda book: book.remove(book["Kosten"])),
        "blocked",
        "Das Blatt „Kosten“ fehlt.",
    ),
    "sheet renamed.xlsx": (
        lambda good: changed(good, lambda book: setattr(book["Prüfungen"], "title", "Checks 2026")),
        "final",
        "Dieses Blatt wurde als „Prüfungen“ gelesen, weil die Überschriften passen.",
    ),
    "header missing.xlsx": (
        lambda good: changed(good, partial(_type, "Prüfungen", "D4", None)),
        "blocked",
        "Die Spalte „Befund“ fehlt, wird aber benötigt.",
    ),
    "header twice.xlsx": (
        lambda good: changed(good, lambda book: _repeat_column(book["Prüfungen"])),
        "blocked",
        "Die Überschrift „Befund“ steht hier ein zweites Mal, über einer Spalte mit Werten.",
    ),
    "older.xlsx": (
        lambda good: changed(good, partial(_type, "_planpress", "B2", 1)),
        "final",
        "Diese Arbeitsmappe stammt aus Version 1 der Vorlage; aktuell ist 2.",
    ),
    "newer.xlsx": (
        lambda good: changed(good, partial(_type, "_planpress", "B2", 3)),
        "blocked",
        "Diese Arbeitsmappe stammt aus Version 3 der Vorlage, hier ist aber erst Version 2 eingerichtet.",
    ),
    "markup in a number.xlsx": (
        lambda good: changed(good, partial(_type, "Kosten", "C5", "<img src=file:///etc/passwd>")),
        "blocked",
        "„Ist“ braucht eine Zahl, hier steht aber „<img src=file:///etc/passwd>“.",
    ),
}

NAMES = ["../../x", "CON", 'A/B: "C"', "n" * 300, "🚀 Rakete", "Punkte...", "R&D <EMEA> 'x'", "=1+1", "{{ 7*7 }}"]
GOOD = {"gut 1.xlsx": ("L-001", "Lift Ost"), "unter/gut 2.xlsx": ("L-002", "Lift West")}
TWINS = {"zwilling a.xlsx": "zwilling b.xlsx", "zwilling b.xlsx": "zwilling a.xlsx"}


def _plain_workbook() -> bytes:
    buffer = io.BytesIO()
    book = Workbook()
    book.worksheets[0].append(["No.", "Task"])
    book.save(buffer)
    return buffer.getvalue()


def _type(sheet: str, cell: str, value: Any, book: Workbook) -> None:
    book[sheet][cell] = value
    if isinstance(value, str):
        book[sheet][cell].data_type = "s"


def _add_columns(sheet: Any) -> None:
    for column in range(20, 220):
        for row in range(4, 8):
            sheet.cell(row, column).value = f"column {column}" if row == 4 else column * row


def _repeat_column(sheet: Any) -> None:
    for row, value in enumerate(("Befund", "other", "other", "other"), start=4):
        sheet.cell(row, 12).value = value


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealWorkspace, Answer]]:
    """Yield a workspace and what its build said, after all of it was saved into the inbox."""
    workspace = tiny_workspace(tmp_path_factory.mktemp("bad") / "workspace")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says that it drops what it does not know
        fill_inbox(workspace)
    yield workspace, workspace.build()
    shutil.rmtree(workspace.root, ignore_errors=True)


def fill_inbox(workspace: RealWorkspace) -> None:
    good = tiny_workbook("L-900", "Lift Neun")
    for file, (source, _) in UNREADABLE.items():
        workspace.drop(file, source if isinstance(source, bytes) else source(good))
    for file, (change, _, _) in DAMAGED.items():
        workspace.drop(file, change(tiny_workbook(account_of(file), f"Lift {file.partition('.')[0]}")))
    for number, name in enumerate(NAMES):
        workspace.drop(f"name {number}.xlsx", tiny_workbook(f"L-5{number:02}", name))
    for file, (account_id, name) in GOOD.items():
        workspace.drop(file, tiny_workbook(account_id, name))
    for file in TWINS:
        workspace.drop(file, tiny_workbook("L-700", f"Lift {file[:-5]}"))


def account_of(file: str) -> str:
    return f"L-1{list(DAMAGED).index(file):02}"


def text_of(page: str) -> str:
    """Return what a reader sees of a page."""
    plain = re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", plain)).split())


Built = tuple[RealWorkspace, Answer]


def test_findings_stop_some_and_nothing_fails(built: Built) -> None:
    workspace, answer = built
    assert (answer.code, answer.err) == (1, "")
    assert set(answer.files) == {*UNREADABLE, *DAMAGED, *GOOD, *TWINS, *(f"name {n}.xlsx" for n in range(len(NAMES)))}
    assert {found["state"] for found in answer.files.values()} <= {"built", "refused"}
    assert "Traceback" not in answer.out + workspace.log()


@pytest.mark.parametrize("file", UNREADABLE)
def test_what_nobody_can_read_has_one_sentence_where_it_lies(built: Built, file: str) -> None:
    workspace, answer = built
    (finding,) = answer.files[file]["findings"]
    assert finding["severity"] == "error"
    assert UNREADABLE[file][1] in finding["message"]
    assert finding["message"] in text_of(workspace.to_do(file))


@pytest.mark.parametrize("file", DAMAGED)
def test_what_has_an_account_is_told_in_its_folder(built: Built, file: str) -> None:
    workspace, answer = built
    _, status, sentence = DAMAGED[file]
    found = answer.files[file]
    assert (found["account_id"], found["status"]) == (account_of(file), status)
    folder = workspace.folder(account_of(file))
    published = [name for name in workspace.files(folder) if name.startswith("internal/")]
    made = [document["id"] for document in found["documents"] if document["status"] != "blocked"]
    assert len(published) == len(made)
    assert (len(made) == 2) == (status == "final")
    if sentence is None:
        assert (found["findings"], (folder / "to-do.html").exists()) == ([], False)
        return
    assert [sentence in finding["message"] for finding in found["findings"]].count(True) == 1
    assert len(found["findings"]) == 1
    assert sentence in text_of((folder / "to-do.html").read_text("utf-8"))
    assert (folder / "to-do.xlsx").exists()


def test_markup_in_a_cell_is_text_in_the_to_do_list(built: Built) -> None:
    folder = built[0].folder(account_of("markup in a number.xlsx"))
    page = (folder / "to-do.html").read_text("utf-8")
    assert "&lt;img src=file:///etc/passwd&gt;" in page
    assert "<img" not in page


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_no_name_leads_out_of_the_outbox(built: Built, number: int) -> None:
    workspace, answer = built
    found = answer.files[f"name {number}.xlsx"]
    assert (found["status"], found["account_name"]) == ("final", NAMES[number])
    folder = workspace.folder(f"L-5{number:02}")
    assert folder.parent == workspace.outbox
    files = workspace.files(folder)
    assert len([file for file in files if file.startswith("internal/")]) == 2
    for part in {folder.name, *(part for file in files for part in Path(file).parts)}:
        assert len(part.encode()) <= 255
        assert not re.search(r'[<>:"\\|?*\x00-\x1f]', part)
        assert part == part.rstrip(". ")
        assert part.partition(".")[0].upper() not in {"CON", "NUL", "AUX"}


@pytest.mark.parametrize(("file", "other"), TWINS.items())
def test_two_files_of_one_account_name_each_other(built: Built, file: str, other: str) -> None:
    workspace, answer = built
    assert answer.files[file]["state"] == "refused"
    assert f"“{other}” carries the same account ID L-700" in text_of(workspace.to_do(file))


def test_the_good_ones_are_published(built: Built) -> None:
    workspace, answer = built
    for file, (account_id, name) in GOOD.items():
        assert (answer.files[file]["status"], answer.files[file]["findings"]) == ("final", [])
        assert workspace.files(workspace.folder(account_id)) == [
            "edition.json",
            f"internal/{name} - Bericht.xlsx",
            f"internal/for approval/{name} - Merkblatt.pdf",
        ]


def test_nothing_else_lies_about(built: Built) -> None:
    workspace, _ = built
    accounts = len(DAMAGED) + len(NAMES) + len(GOOD)
    assert len(list(workspace.outbox.iterdir())) == accounts + 1  # and _unreadable
    assert len(workspace.files("outbox/_unreadable")) == len(UNREADABLE) + len(TWINS)
    outside = {path.name for path in workspace.root.iterdir()}
    assert outside == {
        "inbox", "outbox", ".planpress", "planpress.toml", "workbook_templates", "rules", "output_templates",
    }  # fmt: skip


def test_the_next_build_has_nothing_to_do(built: Built) -> None:
    workspace, before = built
    again = workspace.build()
    assert again.code == 1
    assert {found["state"] for found in again.files.values()} == {"unchanged"}
    assert [found["findings"] for found in again.files.values()] == [item["findings"] for item in before.files.values()]
