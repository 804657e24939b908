"""Save is submit: an account manager saves real workbooks, again and again, and looks into the outbox."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.support.real_workspace import RealWorkspace
from tests.support.repository import ROOT
from tests.support.tiny import Change, tiny_blank, tiny_workbook, tiny_workspace

ACCOUNT, FILE, NAME = "L-042", "Lift Nord.xlsx", "Lift Nord"
REPORT, PDF = f"internal/{NAME} - Bericht.xlsx", f"internal/for approval/{NAME} - Merkblatt.pdf"
PUBLISHED = ["edition.json", REPORT, PDF]
KILLED = 9


@pytest.fixture(scope="module")
def saved_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with one workbook and its first edition."""
    workspace = tiny_workspace(tmp_path_factory.mktemp("saved") / "workspace")
    workspace.drop(FILE, tiny_workbook(ACCOUNT, NAME))
    assert workspace.build().code == 0
    return workspace.root


@pytest.fixture
def workspace(saved_once: Path, tmp_path: Path) -> RealWorkspace:
    """Return a copy of that workspace, to do with as one likes."""
    return copied(saved_once, tmp_path / "workspace")


def copied(saved_once: Path, root: Path) -> RealWorkspace:
    shutil.copytree(saved_once, root)
    return RealWorkspace(root)


def save(workspace: RealWorkspace, name: str = NAME, **changes: Change) -> None:
    workspace.drop(FILE, tiny_workbook(ACCOUNT, name, **changes))


def repacked(content: bytes) -> bytes:
    """Return a workbook with other bytes that holds the same."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as new:
        for item in old.infolist():
            new.writestr(item.filename, old.read(item))
    return packed.getvalue()


def contents(workspace: RealWorkspace) -> dict[str, bytes]:
    return {file: (workspace.outbox / file).read_bytes() for file in workspace.files()}


def test_the_same_bytes_are_not_built_twice(workspace: RealWorkspace) -> None:
    before = {file: (workspace.outbox / file).stat().st_mtime_ns for file in workspace.files()}
    os.utime(workspace.root / "inbox" / FILE)  # saved without a change
    answer = workspace.build()
    assert (answer.code, answer.files[FILE]["state"]) == (0, "unchanged")
    assert {file: (workspace.outbox / file).stat().st_mtime_ns for file in workspace.files()} == before


def test_other_bytes_that_hold_the_same_are_published_without_being_judged(workspace: RealWorkspace) -> None:
    before, edition = contents(workspace), dict(workspace.edition(ACCOUNT))
    explained = workspace.planpress("explain", ACCOUNT, "ertrag", "--json").out
    saved = workspace.drop(FILE, repacked(tiny_workbook(ACCOUNT, NAME))).read_bytes()
    answer = workspace.build()
    assert (answer.code, answer.files[FILE]["state"], answer.files[FILE]["edition"]) == (0, "built", 1)
    now = dict(workspace.edition(ACCOUNT))
    assert now.pop("workbook")["sha256"] == hashlib.sha256(saved).hexdigest() != edition.pop("workbook")["sha256"]
    assert now == edition
    after = contents(workspace)
    assert {file for file in after if after[file] != before[file]} == {f"{NAME} ({ACCOUNT})/edition.json"}
    assert workspace.planpress("explain", ACCOUNT, "ertrag", "--json").out == explained
    assert workspace.build().files[FILE]["state"] == "unchanged"


def test_the_same_values_on_another_day_are_judged_anew(workspace: RealWorkspace) -> None:
    workspace.drop(FILE, repacked(tiny_workbook(ACCOUNT, NAME)))
    assert workspace.build("--as-of", "2026-06-30").code == 0
    assert workspace.edition(ACCOUNT)["as_of"] == "2026-06-30"


def test_a_change_makes_only_what_shows_it(workspace: RealWorkspace) -> None:
    before = contents(workspace)
    save(workspace, pruefungen={"befund": "Neue Bremse"})
    assert workspace.build().code == 0
    after = contents(workspace)
    changed = {Path(file).name for file in after if after[file] != before[file]}
    assert changed == {Path(PDF).name, "edition.json"}
    editions = {found["id"]: found["edition"] for found in workspace.edition(ACCOUNT)["documents"]}
    assert (editions, workspace.edition(ACCOUNT)["edition"]) == ({"merkblatt": 2, "bericht": 1}, 2)


def test_an_error_keeps_the_last_good_documents_until_it_is_mended(workspace: RealWorkspace) -> None:
    before = contents(workspace)
    save(workspace, anlage={"standort": "Hafenplatz 7"}, pruefungen={"geprueft_am": "bald"}, kosten={"ist": "viel"})
    answer = workspace.build()
    assert (answer.code, answer.files[FILE]["status"]) == (1, "blocked")
    folder = workspace.folder(ACCOUNT)
    assert workspace.files(folder) == [*PUBLISHED, "to-do.html", "to-do.xlsx"]
    kept = contents(workspace)
    assert [kept[file] for file in kept if file.endswith((".pdf", "Bericht.xlsx"))] == [
        before[file] for file in before if file.endswith((".pdf", "Bericht.xlsx"))
    ]
    edition = workspace.edition(ACCOUNT)
    assert (edition["edition"], edition["status"]) == (1, "blocked")
    page = (folder / "to-do.html").read_text("utf-8")
    assert "„Geprüft am“ braucht ein Datum, hier steht aber „bald“." in page
    assert "„Ist“ braucht eine Zahl, hier steht aber „viel“." in page
    assert marked_cell(folder / "to-do.xlsx", "Prüfungen", "B5").startswith("„Geprüft am“ braucht ein Datum")
    save(workspace, anlage={"standort": "Hafenplatz 7"})
    assert workspace.build().code == 0
    assert workspace.files(folder) == PUBLISHED
    assert (workspace.edition(ACCOUNT)["edition"], workspace.edition(ACCOUNT)["status"]) == (2, "final")


def marked_cell(copy: Path, sheet: str, cell: str) -> str:
    """Return the comment at a coloured cell of a to-do copy."""
    found = openpyxl.load_workbook(copy)[sheet][cell]
    assert found.fill.fill_type == "solid"
    assert found.comment is not None
    return str(found.comment.text)


def test_an_error_in_one_document_holds_back_that_one_alone(workspace: RealWorkspace) -> None:
    before = contents(workspace)
    save(workspace, pruefungen={"geprueft_am": date(2026, 12, 24), "befund": "Neue Bremse"})
    assert workspace.build().code == 1
    after = contents(workspace)
    assert [found["status"] for found in workspace.edition(ACCOUNT)["documents"]] == ["blocked", "final"]
    assert after[f"{workspace.folder(ACCOUNT).name}/{PDF}"] == before[f"{workspace.folder(ACCOUNT).name}/{PDF}"]


def test_a_document_polished_by_hand_is_moved_aside(workspace: RealWorkspace) -> None:
    folder = workspace.folder(ACCOUNT)
    (folder / PDF).write_bytes(b"%PDF-1.7 polished on Sunday")
    save(workspace, anlage={"standort": "Hafenplatz 7"})
    assert workspace.build().code == 0
    (aside,) = folder.glob("internal/for approval/*edited by hand*")
    assert aside.read_bytes() == b"%PDF-1.7 polished on Sunday"
    assert (folder / PDF).read_bytes().startswith(b"%PDF-1.7\n")
    assert aside.name in (folder / "to-do.html").read_text("utf-8")


def test_a_customer_with_a_new_name_keeps_the_folder_under_it(workspace: RealWorkspace) -> None:
    save(workspace, "Lift Nordwest")
    assert workspace.build().code == 0
    assert [path.name for path in workspace.outbox.iterdir()] == [f"Lift Nordwest ({ACCOUNT})"]
    assert workspace.files(workspace.folder(ACCOUNT)) == [file.replace(NAME, "Lift Nordwest") for file in PUBLISHED]
    assert workspace.edition(ACCOUNT)["edition"] == 2


def test_copies_and_blanks_in_the_inbox_never_become_an_account(workspace: RealWorkspace) -> None:
    save(workspace, kosten={"ist": "viel"})
    workspace.build()
    before = workspace.files()
    copy = (workspace.folder(ACCOUNT) / "to-do.xlsx").read_bytes()
    workspace.drop("to-do.xlsx", copy)
    workspace.drop("neu.xlsx", tiny_blank())
    answer = workspace.build()
    assert (answer.code, answer.err) == (1, "")
    assert "This is the annotated copy that planpress made" in workspace.to_do("to-do.xlsx")
    assert "This is a blank workbook" in workspace.to_do("neu.xlsx")
    told = {"_unreadable/to-do.xlsx/to-do.html", "_unreadable/neu.xlsx/to-do.html"}
    assert set(workspace.files()) == {*before, *told}
    (workspace.root / "inbox" / "to-do.xlsx").unlink()
    (workspace.root / "inbox" / "neu.xlsx").unlink()
    workspace.build()
    assert workspace.files() == before


def test_a_conflicted_copy_is_told_and_the_first_file_keeps_the_account(workspace: RealWorkspace) -> None:
    copy = "Lift Nord (Ana's conflicted copy).xlsx"
    workspace.drop(copy, tiny_workbook(ACCOUNT, NAME, anlage={"standort": "Falsch"}))
    answer = workspace.build()
    assert (answer.code, answer.files[copy]["state"]) == (1, "refused")
    assert "already belongs to" in workspace.to_do(copy)
    assert copy.replace("'", "&#39;") in (workspace.folder(ACCOUNT) / "to-do.html").read_text("utf-8")
    assert (workspace.edition(ACCOUNT)["workbook"]["file"], workspace.edition(ACCOUNT)["edition"]) == (FILE, 1)
    (workspace.root / "inbox" / FILE).unlink()
    assert workspace.build().code == 0
    assert (workspace.edition(ACCOUNT)["workbook"]["file"], workspace.edition(ACCOUNT)["edition"]) == (copy, 2)


def test_a_workbook_is_never_written_to(workspace: RealWorkspace) -> None:
    path = workspace.root / "inbox" / FILE
    path.chmod(0o444)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    workspace.build("--force")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


# Every file comes into place by one rename: the process ends just before the one that is named.
CUT_OFF = textwrap.dedent("""
    import os, sys

    renamed, rename = 0, os.replace

    def cut_off(source, target, **more):
        global renamed
        renamed += 1
        if renamed == int(os.environ["CUT_OFF_AT"]):
            os._exit(9)
        rename(source, target, **more)

    if __name__ == "__main__":
        os.replace = cut_off
        from pipeline.cli.main import main

        main()
""")


@pytest.mark.parametrize("rename", [2, 6])
def test_cut_off_while_publishing_the_next_start_finishes(workspace: RealWorkspace, rename: int) -> None:
    before = contents(workspace)
    save(workspace, anlage={"standort": "Hafenplatz 7", "bezeichnung": NAME, "waehrung": "CHF"})
    script = workspace.root.parent / "cut_off.py"
    script.write_text(CUT_OFF, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CUT_OFF_AT": str(rename)}
    command = [sys.executable, str(script), "build", "--workspace", str(workspace.root)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == KILLED, done.stderr
    assert workspace.build().code == 0
    after = contents(workspace)
    assert set(after) == set(before)
    assert all(after[file] != before[file] for file in before)
    assert workspace.edition(ACCOUNT)["edition"] == 2
    assert workspace.build().files[FILE]["state"] == "unchanged"
