"""What happens between two steps of a save: nothing is lost there, and nothing that people wrote is in the way."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import LedgerUnavailable
from pipeline.send.outbox import Outbox
from pipeline.service import session, troubles
from pipeline.service.publisher import Publisher
from pipeline.service.restore import Restored, restore
from pipeline.store.ledger import Ledger
from pipeline.store.queries import Queries
from pipeline.store.snapshots import Snapshots
from tests.support.watching import QUICK, watching
from tests.support.workspace import Desk

FOLDER = "Contoso (C-1)"
FIRST, SECOND = "internal/Contoso - first.pptx", "internal/for approval/Contoso - second.pdf"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(troubles, "FIRST_SECONDS", 0.2)
    monkeypatch.setattr(session, "RETRY_SECONDS", 0.3)
    for folder in ("workbook_templates", "output_templates"):
        (tmp_path / folder).mkdir()
    return Desk.at(tmp_path, QUICK)


def fail_once(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, failure: Callable[..., Exception | None]
) -> None:
    """Let a method raise what `failure` makes of its arguments, the first time that it makes anything of them."""
    whole, failed = getattr(owner, name), list[Exception]()

    def fails(self: object, *arguments: Any, **named: Any) -> Any:
        error = None if failed else failure(*arguments)
        if error is not None:
            failed.append(error)
            raise error
        return whole(self, *arguments, **named)

    monkeypatch.setattr(owner, name, fails)


def is_edition(desk: Desk, number: int) -> bool:
    return (desk.root / "outbox" / FOLDER / "edition.json").is_file() and desk.edition()["edition"] == number


def test_no_room_for_documents_before_anything_is_decided_is_healed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(content: bytes) -> OSError | None:
        return OSError(errno.ENOSPC, "No space left on device") if content.startswith(b"first,") else None

    fail_once(monkeypatch, Snapshots, "write", full)
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_edition(desk, 1))


def test_an_outbox_that_cannot_be_looked_into_before_anything_is_decided_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_once(monkeypatch, Outbox, "edited", lambda *_: OSError(errno.ESTALE, "Stale file handle"))
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_edition(desk, 1))


def test_a_build_that_was_handed_over_is_answered_though_the_ledger_failed_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_edition(desk, 1))
        fail_once(monkeypatch, Ledger, "receive", lambda *_: LedgerUnavailable("The ledger is locked."))
        report = desk.build(force=True)
    assert [(result.file, result.edition) for result in report.results] == [("Contoso.xlsx", 2)]
    assert list((desk.root / ".planpress" / "requests").iterdir()) == []


def test_a_build_of_what_was_saved_just_now_is_handed_over_though_the_watcher_has_not_seen_it(tmp_path: Path) -> None:
    for folder in ("workbook_templates", "output_templates"):
        (tmp_path / folder).mkdir()
    desk = Desk.at(tmp_path, "settle_seconds = 0.2\npoll_seconds = 20\n")
    desk.save("Acme.xlsx", "A-1", "Acme")
    with watching(desk) as watcher:
        watcher.wait_for((desk.root / "outbox" / "Acme (A-1)" / "edition.json").is_file)
        desk.save("Contoso.xlsx")
        report = desk.build("Contoso.xlsx")
    assert [(result.file, result.edition) for result in report.results] == [("Contoso.xlsx", 1)]


def test_a_workbook_that_was_too_large_to_keep_is_told_after_a_start_that_follows_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "workbook_templates").mkdir()
    (tmp_path / "output_templates").mkdir()
    desk = Desk.at(tmp_path, QUICK + "[limits]\nfile_mb = 1\n")
    desk.drop("Huge.xlsx", bytes(2 << 20))
    fail_once(monkeypatch, Publisher, "publish", lambda *_: KeyboardInterrupt())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        desk.build()
    with watching(desk) as watcher:
        watcher.wait_for(lambda: desk.files("_unreadable") == ["Huge.xlsx/to-do.html"])


def test_what_was_told_of_a_file_goes_when_an_account_moves_to_its_name(desk: Desk) -> None:
    desk.drop("New.xlsx", b"damaged")
    desk.save("Contoso.xlsx", content="the same")
    desk.build()
    assert desk.files("_unreadable") == ["New.xlsx/to-do.html"]
    (desk.root / "inbox" / "Contoso.xlsx").unlink()
    desk.save("New.xlsx", content="the same", note="other bytes")
    desk.build()
    assert desk.files("_unreadable") == []
    assert desk.edition()["edition"] == 1
    with Queries(desk.workspace.ledger_url) as queries:
        assert [state.file for state in queries.folders()] == ["New.xlsx"]


def test_what_is_edited_while_another_document_is_held_open_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    hold(monkeypatch, "first.pptx")
    desk.save("Contoso.xlsx", texts={"first": "new", "second": "new"})
    desk.build()
    desk.root.joinpath("outbox", FOLDER, SECOND).write_text("mine", "utf-8")
    release(desk)
    assert desk.text(SECOND) == "mine"
    assert not [file for file in desk.files(FOLDER) if "edited by hand" in file]


@pytest.mark.parametrize("more", [{}, {"content": "the same"}])
def test_a_document_that_was_held_open_is_replaced_though_another_save_did_not_change_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, more: dict[str, str]
) -> None:
    desk.save("Contoso.xlsx")
    desk.build()
    free = hold(monkeypatch, "first.pptx")
    desk.save("Contoso.xlsx", texts={"first": "new"}, **more)
    desk.build()
    desk.save("Contoso.xlsx", texts={"first": "new"}, note="other bytes", **more)
    desk.build()
    desk.root.joinpath("outbox", FOLDER, FIRST).write_text("mine", "utf-8")  # whoever held it open saves it
    free()
    release(desk)
    assert desk.text(FIRST) == "new, edition 2"
    assert desk.edition()["status"] == "final"
    edited = [file for file in desk.files(FOLDER) if "edited by hand" in file]
    assert [desk.text(file) for file in edited] == ["mine"]
    assert not [file for file in desk.files(FOLDER) if "(edition 2)" in file]


def hold(monkeypatch: pytest.MonkeyPatch, name: str) -> Callable[[], None]:
    """Let nobody replace files with this ending, as when a program on Windows has them open; return what frees them."""
    held = [name]

    def replace(source: Path, target: Path) -> None:
        if any(str(path).endswith(ending) for path in (source, target) for ending in held):
            raise PermissionError(errno.EACCES, "in use")
        source.replace(target)

    monkeypatch.setattr(Outbox.__init__, "__defaults__", (replace,))
    return held.clear


def release(desk: Desk) -> None:
    """Try once more to replace what was held open."""
    with Ledger(desk.workspace.ledger_url) as ledger:
        publisher = Publisher(
            ledger, Snapshots(desk.workspace.snapshots), Outbox(desk.workspace.outbox), lambda: desk.now
        )
        for record in ledger.waiting():
            publisher.finish(record)


@pytest.mark.parametrize("says", ["three", "two"])  # with an edition of its own, or without
def test_a_save_and_an_edition_brought_back_at_one_moment_get_a_number_each(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    for text in ("one", "two"):
        desk.save("Contoso.xlsx", texts={"first": text})
        desk.build()
    desk.save("Contoso.xlsx", texts={"first": says}, note="other bytes")
    restored: list[Restored] = []

    def while_deciding(self: Publisher, *arguments: Any) -> dict[str, bytes]:
        if not restored:
            restored.append(restore(desk.workspace, "C-1", 1, lambda: desk.now))
        return todo(self, *arguments)

    todo = Publisher._todo
    monkeypatch.setattr(Publisher, "_todo", while_deciding)
    monkeypatch.setattr("pipeline.service.restore.PATIENCE_SECONDS", 0.1)
    desk.build()
    assert [(found.number, found.is_published) for found in restored] == [(3, False)]
    assert (desk.edition()["edition"], desk.text(FIRST)) == (4, f"{says}, edition 4")
