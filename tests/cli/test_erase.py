"""`planpress erase`: a person is gone from the past, and what still names them is listed."""

import json
import zipfile
from pathlib import Path

import pytest

from pipeline.model import RowState
from pipeline.store.ledger import Ledger
from pipeline.store.lock import WATCHING, exclusive
from pipeline.store.values import write_versions
from tests.cli.conftest import Terminal
from tests.support.postgresql import Server
from tests.support.workspace import Desk

JANE = "Jane Roe"


def save(desk: Desk, says: str, *findings: list[str]) -> None:
    desk.save("Contoso.xlsx", texts={"first": says, "second": "the same"}, findings=findings)
    desk.build()


@pytest.fixture
def past(desk: Desk) -> Desk:
    """Return a workspace whose first edition named a person, in a text and a finding, and whose second does not."""
    save(desk, f"{JANE} blocks us.", ["warning", "3", f"Nobody has spoken to {JANE}."])
    save(desk, "All is well.")
    return desk


@pytest.fixture
def past_on_a_server(desk: Desk, postgresql_server: Server) -> Desk:
    """Return the same with its ledger on PostgreSQL."""
    settings = desk.root / "planpress.toml"
    settings.write_text(f'{settings.read_text("utf-8")}ledger = "{postgresql_server.database()}"\n', encoding="utf-8")
    save(desk, f"{JANE} blocks us.", ["warning", "3", f"Nobody has spoken to {JANE}."])
    save(desk, "All is well.")
    return desk


def everything(desk: Desk) -> bytes:
    """Return all bytes below the workspace's own folder, but for the keys that the small builder makes of texts."""
    files = (path.read_bytes() for path in sorted(desk.workspace.state.rglob("*")) if path.is_file())
    return b"".join(files).replace(b"first" + JANE.encode(), b"")


def test_what_named_the_person_is_gone(past: Desk, planpress: Terminal) -> None:
    assert JANE.encode() in everything(past)
    answer = planpress("erase", JANE, "--json")
    assert answer.code == 0
    assert answer.json["lines"] == {"findings": 1, "publications": 1}
    assert answer.json["snapshots"] == ["C-1, edition 1, first", "Contoso.xlsx", "bytes that the ledger knows no more"]
    assert (answer.json["standing"], answer.json["unsearched"]) == ([], [])
    assert JANE.encode() not in everything(past)
    assert planpress("erase", JANE, "--json").json["lines"] == {}


@pytest.mark.postgresql
@pytest.mark.usefixtures("past_on_a_server")
def test_a_ledger_on_a_server_forgets_the_same(planpress: Terminal) -> None:
    lines = planpress("erase", JANE, "Ana", "--json").json["lines"]
    assert lines == {"saves": 2, "findings": 1, "publications": 1}
    assert planpress("erase", JANE, "Ana", "--json").json["lines"] == {}


def test_what_does_not_name_the_person_stays(past: Desk, planpress: Terminal) -> None:
    planpress("erase", JANE)
    editions = planpress("history", "C-1", "--json").json["editions"]
    assert [(edition["edition"], edition["kept"]) for edition in editions] == [(2, True), (1, False)]
    (past.root / "outbox/Contoso (C-1)/internal/Contoso - first.pptx").unlink()
    assert past.build().results[0].edition == 2
    assert past.text("internal/Contoso - first.pptx") == "All is well., edition 2"


def test_a_trial_changes_nothing(past: Desk, planpress: Terminal) -> None:
    before = planpress("erase", JANE, "--dry-run", "--json")
    assert before.json["lines"] == {"findings": 1, "publications": 1}
    assert "Ledger, would be taken away: findings 1, publications 1." in planpress("erase", JANE, "--dry-run").out
    assert planpress("erase", JANE, "--json").json == {**before.json, "dry_run": False}


def test_who_saved_a_workbook_is_forgotten(past: Desk, planpress: Terminal) -> None:
    assert planpress("erase", "Ana", "--json").json["lines"]["saves"] == 2
    editions = planpress("history", "C-1", "--json").json["editions"]
    assert [edition["workbook"]["saved_by"] for edition in editions] == [None, None]


def test_what_stands_is_listed_and_left(desk: Desk, planpress: Terminal) -> None:
    save(desk, f"{JANE} blocks us.")
    before = desk.edition()
    answer = planpress("erase", JANE)
    assert answer.code == 1
    assert answer.lines == [
        "Ledger, taken away: nothing.",
        "Snapshots, taken away: none",
        "Logs, taken away: none",
        "Still there, for you to change or delete: 2",
        "inbox/Contoso.xlsx",
        "outbox/Contoso (C-1)/internal/Contoso - first.pptx",
        "Could not be looked into: none",
    ]
    assert (desk.edition(), desk.build().results[0].state) == (before, "unchanged")


def test_an_account_whose_workbook_is_gone_is_forgotten_too(desk: Desk, planpress: Terminal) -> None:
    save(desk, f"{JANE} blocks us.", ["warning", "3", f"Nobody has spoken to {JANE}."])
    (desk.root / "inbox" / "Contoso.xlsx").unlink()
    found = planpress("erase", JANE, "--json").json
    assert found["lines"] == {"findings": 1, "publications": 1}
    assert found["standing"] == [
        "outbox/Contoso (C-1)/edition.json",
        "outbox/Contoso (C-1)/internal/Contoso - first.pptx",
        "outbox/Contoso (C-1)/to-do.html",
    ]
    assert JANE.encode() not in everything(desk)


def test_a_row_about_the_person_is_forgotten_whole_and_another_without_the_name(
    past: Desk, planpress: Terminal
) -> None:
    contact = RowState("contacts", ("C1",), {"no": "C1", "name": JANE, "sentiment": "-2"})
    action = RowState("actions", ("A1",), {"no": "A1", "action": f"Call {JANE.upper()}", "owner": JANE})
    with Ledger(past.workspace.ledger_url) as ledger:
        with ledger._transaction() as session:
            write_versions(session, "C-1", 1, [contact, action])
            write_versions(session, "C-1", 2, [])
        assert planpress("erase", JANE, "--json").json["lines"]["rows"] == 2
        _, versions = ledger.past("C-1")
    assert [found.state.values for found in versions if found.state.section in ("contacts", "actions")] == [
        {"no": "A1", "action": "Call …", "owner": "…"}
    ]


def test_what_the_last_edition_held_is_forgotten_when_the_workbook_holds_it_no_more(
    past: Desk, planpress: Terminal
) -> None:
    contact = RowState("contacts", ("C1",), {"no": "C1", "name": JANE})
    with Ledger(past.workspace.ledger_url) as ledger:
        with ledger._transaction() as session:
            write_versions(session, "C-1", 2, [contact])
        assert planpress("erase", JANE, "--json").json["lines"]["rows"] == 1
        _, versions = ledger.past("C-1")
    assert "contacts" not in {found.state.section for found in versions}
    assert JANE.encode() not in everything(past)


def test_what_was_answered_and_never_fetched_is_taken_away(past: Desk, planpress: Terminal) -> None:
    requests = past.root / ".planpress" / "requests"
    requests.mkdir()
    (requests / "1.answer").write_text(json.dumps({"findings": [f"Nobody has spoken to {JANE}."]}), "utf-8")
    assert planpress("erase", JANE, "--json").json["logs"] == ["1.answer"]
    assert JANE.encode() not in everything(past)


def test_texts_in_office_files_are_found_though_cut_into_runs(desk: Desk, planpress: Terminal, tmp_path: Path) -> None:
    (tmp_path / "outbox").mkdir()
    with zipfile.ZipFile(tmp_path / "outbox" / "Notes.docx", "w") as package:
        package.writestr("word/document.xml", "<p><r><t>Ja</t></r><r><t>ne Roe</t></r></p>")
    assert planpress("erase", JANE, "--json").json["standing"] == ["outbox/Notes.docx"]


def test_what_cannot_be_looked_into_is_said(desk: Desk, planpress: Terminal) -> None:
    desk.drop("Secret.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    desk.drop("Broken.xlsx", b"PK\x03\x04 and no more")
    answer = planpress("erase", JANE, "--json")
    assert (answer.code, answer.json["unsearched"]) == (1, ["inbox/Broken.xlsx", "inbox/Secret.xlsx"])


def test_nobody_is_erased_while_a_watcher_works(desk: Desk, planpress: Terminal) -> None:
    save(desk, "All is well.")
    with exclusive(desk.workspace.state / "lock", 0, WATCHING):
        answer = planpress("erase", JANE)
    assert (answer.code, "watches this workspace. Stop it first" in answer.err) == (2, True)


def test_a_name_that_is_too_short_is_refused(desk: Desk, planpress: Terminal) -> None:
    answer = planpress("erase", "Jo", "--json")
    assert (answer.code, json.loads(answer.out)["error"]) == (2, "UsageError")
