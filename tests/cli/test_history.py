"""`planpress history`, `restore` and `retire`: the past of an account, and what can be done with it."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.store.ledger import Ledger
from pipeline.store.snapshots import Snapshots
from tests.cli.conftest import Terminal
from tests.support.workspace import Desk


def text_of(desk: Desk, name: str) -> str:
    """Return what one of the two documents in the outbox says."""
    folder = "internal/" if name == "first" else "internal/for approval/"
    return desk.text(f"{folder}Contoso - {name}{'.pptx' if name == 'first' else '.pdf'}")


@pytest.fixture
def two_editions(desk: Desk) -> Desk:
    """Return a workspace whose account has an edition of each of two saves."""
    for number in (1, 2):
        desk.save("Contoso.xlsx", texts={"first": f"save {number}", "second": "the same"})
        desk.build()
        desk.now += timedelta(days=1)
    return desk


def test_history_tells_who_saved_what_when(two_editions: Desk, planpress: Terminal) -> None:
    told = planpress("history", "contoso", "--json").json
    assert [(one["edition"], one["why"], one["workbook"]["saved_by"], one["kept"]) for one in told["editions"]] == [
        (2, "saved", "Ana", True),
        (1, "saved", "Ana", True),
    ]
    assert [document["edition"] for document in told["editions"][0]["documents"]] == [2, 1]
    lines = planpress("history", "C-1").lines
    assert lines[-1].split("  ")[0] == "1"
    assert "2026-11-20 09:00" in lines[-1]
    assert "Ana" in lines[-1]
    assert "Contoso.xlsx" in lines[-1]


def test_history_of_a_blocked_account_has_no_edition(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx", findings=[["error", "3", "Wrong."]])
    desk.build()
    assert planpress("history", "C-1").lines == ["C-1 has no edition yet."]


def test_an_edition_is_brought_back_as_the_next_one(two_editions: Desk, planpress: Terminal) -> None:
    desk = two_editions
    assert text_of(desk, "first") == "save 2, edition 2"
    answer = planpress("restore", "Contoso", "1")
    assert (answer.code, answer.lines) == (0, ["Edition 1 of C-1 stands again, as edition 3."])
    assert text_of(desk, "first") == "save 1, edition 1"
    edition = desk.edition()
    assert (edition["edition"], [document["edition"] for document in edition["documents"]]) == (3, [1, 1])
    assert edition["workbook"]["sha256"] != edition["documents"][0]["workbook_sha256"]
    assert [found["id"] for found in edition["findings"]] == ["edition-restored"]
    (newest, *_) = planpress("history", "C-1", "--json").json["editions"]
    assert (newest["edition"], newest["why"], newest["restored_from"]) == (3, "restored", 1)


def test_what_was_brought_back_stands_until_the_next_save(two_editions: Desk, planpress: Terminal) -> None:
    desk = two_editions
    planpress("restore", "C-1", "1")
    desk.build()
    (desk.root / "rules" / "definitions.txt").write_text("two", encoding="utf-8")
    desk.build(force=True)
    assert text_of(desk, "first") == "save 1, edition 1"
    assert [found["id"] for found in desk.edition()["findings"]] == ["edition-restored"]
    desk.save("Contoso.xlsx", texts={"first": "save 3", "second": "the same"})
    desk.build()
    assert text_of(desk, "first") == "save 3, edition 4"
    assert desk.edition()["findings"] == []


def test_a_save_that_was_stopped_replaces_what_was_brought_back_as_soon_as_it_may(
    two_editions: Desk, planpress: Terminal
) -> None:
    desk = two_editions
    planpress("restore", "C-1", "1")
    planpress("retire", "C-1")
    desk.save("Contoso.xlsx", texts={"first": "save 3", "second": "the same"})
    desk.build()
    assert (text_of(desk, "first"), desk.edition()["status"]) == ("save 1, edition 1", "blocked")
    planpress("retire", "C-1", "--undo")
    desk.build()
    assert (text_of(desk, "first"), desk.edition()["findings"]) == ("save 3, edition 4", [])


def test_a_document_edited_by_hand_is_moved_aside_by_a_restored_one(two_editions: Desk, planpress: Terminal) -> None:
    desk = two_editions
    path = desk.root / "outbox/Contoso (C-1)/internal/Contoso - first.pptx"
    path.write_text("by hand", encoding="utf-8")
    planpress("restore", "C-1", "1")
    assert text_of(desk, "first") == "save 1, edition 1"
    assert [file for file in desk.files() if "edited by hand" in file] != []


def test_what_was_decided_is_published_by_the_next_build(two_editions: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.service import restore

    desk = two_editions
    monkeypatch.setattr(restore, "_carry_out", lambda *_: False)
    done = restore.restore(desk.workspace, "C-1", 1, lambda: desk.now)
    assert (done.is_published, text_of(desk, "first")) == (False, "save 2, edition 2")
    assert desk.build().recovered == 1
    assert text_of(desk, "first") == "save 1, edition 1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("C-1", "2"), "Edition 2 of C-1 is the one that stands now."),
        (("C-1", "9"), "C-1 has no edition 9. Its editions are 1 to 2"),
        (("Fabrikam", "1"), "There is no account 'Fabrikam'"),
    ],
)
def test_what_cannot_be_brought_back_is_said(
    two_editions: Desk, planpress: Terminal, words: tuple[str, ...], said: str
) -> None:
    answer = planpress("restore", *words)
    assert answer.code == 2
    assert said in answer.err
    assert two_editions.edition()["edition"] == 2


def test_an_edition_whose_bytes_are_gone_is_not_brought_back(two_editions: Desk, planpress: Terminal) -> None:
    desk = two_editions
    with Ledger(desk.workspace.ledger_url) as ledger:
        first = ledger.editions("C-1")[-1].documents[0]
    Snapshots(desk.workspace.snapshots).path(first.sha256).unlink()
    answer = planpress("restore", "C-1", "1")
    assert (answer.code, "kept no longer" in answer.err) == (2, True)
    assert text_of(desk, "first") == "save 2, edition 2"
    assert "no longer" in planpress("history", "C-1").lines[-1]


def test_the_workbook_of_an_edition_is_written_where_it_is_wanted(
    two_editions: Desk, planpress: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "old" / "Contoso.xlsx"
    answer = planpress("restore", "C-1", "1", "--workbook", file)
    assert answer.lines == [f"Wrote Contoso.xlsx as it was in edition 1 to {file}."]
    assert b"save 1" in file.read_bytes()
    assert two_editions.edition()["edition"] == 2


def test_an_account_is_retired_and_goes_on(two_editions: Desk, planpress: Terminal) -> None:
    def retired() -> frozenset[str]:
        with Ledger(two_editions.workspace.ledger_url) as ledger:
            return ledger.retired()

    assert planpress("retire", "Contoso").lines == ["C-1 is retired."]
    assert planpress("retire", "Contoso").lines == ["C-1 is retired already."]
    assert retired() == {"C-1"}
    assert planpress("retire", "C-1", "--undo", "--json").json == {"account": "C-1", "retired": False, "changed": True}
    assert retired() == frozenset()
