"""An account manager saves, and the documents follow; the administrator starts it and forgets it."""

import errno
import json
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.collect.claim import Claim, claim
from pipeline.send.outbox import Outbox
from pipeline.service import scheduler
from pipeline.service.events import EventKind
from pipeline.service.watch import watch_inbox
from pipeline.store.ledger import Ledger
from pipeline.store.lock import Locked
from tests.support.json_builder import load_builder
from tests.support.watching import QUICK, Watching, watching
from tests.support.workspace import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path, QUICK)


@pytest.fixture
def watcher(desk: Desk) -> Iterator[Watching]:
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.STARTED)
        yield watcher


def is_edition(desk: Desk, number: int, folder: str = "Contoso (C-1)") -> bool:
    path = desk.root / "outbox" / folder / "edition.json"
    return path.is_file() and json.loads(path.read_text("utf-8"))["edition"] == number


def test_what_is_saved_is_built(desk: Desk, watcher: Watching) -> None:
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    desk.save("Contoso.xlsx", texts={"first": "news"})
    watcher.wait_for(lambda: is_edition(desk, 2))
    assert desk.text("internal/Contoso - first.pptx") == "news, edition 2"


def test_what_was_saved_while_nobody_watched_is_built(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.save("sub/Fabrikam.xlsx", "F-1", "Fabrikam")
    with watching(desk) as watcher:
        watcher.wait_for(lambda: is_edition(desk, 1) and is_edition(desk, 1, "Fabrikam (F-1)"))


def test_what_is_unchanged_is_not_even_read_after_a_restart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def claim_and_tell(inbox: Path, file: str, most_megabytes: int) -> Claim:
        read.append(file)
        return claim(inbox, file, most_megabytes)

    monkeypatch.setattr(scheduler, "claim", claim_and_tell)
    desk.save("Contoso.xlsx")
    with watching(desk) as watcher:
        watcher.wait_for(lambda: is_edition(desk, 1))
    with watching(desk) as watcher:
        desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
        watcher.wait_for(lambda: is_edition(desk, 1, "Fabrikam (F-1)"))
        assert watcher.kinds("Contoso.xlsx") == []
    assert read == ["Contoso.xlsx", "Fabrikam.xlsx"]


def test_a_save_that_hides_behind_the_old_size_and_time_while_nobody_watched_is_built(desk: Desk) -> None:
    path = desk.save("Contoso.xlsx", texts={"first": "old"})
    with watching(desk) as watcher:
        watcher.wait_for(lambda: is_edition(desk, 1))
    before = path.stat()
    desk.save("Contoso.xlsx", texts={"first": "new"})
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    with watching(desk) as watcher:
        watcher.wait_for(lambda: is_edition(desk, 2))
    assert desk.text("internal/Contoso - first.pptx") == "new, edition 2"


def test_a_save_that_begins_while_others_are_taken_in_is_not_taken_in_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def claim_and_save(inbox: Path, file: str, most_megabytes: int) -> Claim:
        if file == "A.xlsx":
            (inbox / "Contoso.xlsx").write_bytes(b'{"id": "C-1", "na')
            return claim(inbox, file, most_megabytes)
        claimed = claim(inbox, file, most_megabytes)
        read.append(claimed.content)
        return claimed

    monkeypatch.setattr(scheduler, "claim", claim_and_save)
    desk = Desk.at(tmp_path, "settle_seconds = 0.4\nmin_interval = 0\n")
    desk.save("A.xlsx", "A-1", "Adventure")
    desk.save("Contoso.xlsx")
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.BUILDING, "A.xlsx")
        whole = desk.save("Contoso.xlsx", texts={"first": "news"}).read_bytes()
        watcher.wait_for(lambda: is_edition(desk, 1))
    assert read == [whole]


def test_a_renamed_workbook_keeps_its_account(desk: Desk, watcher: Watching) -> None:
    path = desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    path.rename(path.with_name("Contoso 2026.xlsx"))
    watcher.wait_for(lambda: desk.edition()["workbook"]["file"] == "Contoso 2026.xlsx")
    watcher.wait_for_kind(EventKind.GONE, "Contoso.xlsx")
    assert (desk.edition()["edition"], desk.files("Contoso (C-1)").count("to-do.html")) == (1, 0)


def test_a_folder_that_cannot_be_looked_into_is_told_and_nothing_in_it_is_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_folder, locked = os.scandir, threading.Event()

    def refuse(folder: "os.PathLike[str] | str" = ".") -> object:
        if locked.is_set() and Path(folder).name == "north":
            raise PermissionError(13, "Permission denied")
        return list_folder(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    desk.save("north/Contoso.xlsx")
    with watching(desk) as watcher:
        watcher.wait_for(lambda: is_edition(desk, 1))
        locked.set()
        desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
        watcher.wait_for(lambda: is_edition(desk, 1, "Fabrikam (F-1)"))
        told = [event.detail for event in watcher.events if event.topic == "parts of the inbox"]
        assert [detail.endswith("changes: north (Permission denied).") for detail in told] == [True]
        locked.clear()
        desk.save("north/Contoso.xlsx", texts={"first": "news"})
        watcher.wait_for(lambda: is_edition(desk, 2))
        assert EventKind.GONE not in watcher.kinds()
        assert EventKind.HEALED in watcher.kinds()


def test_a_deleted_workbook_withdraws_nothing(desk: Desk, watcher: Watching) -> None:
    path = desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    path.unlink()
    watcher.wait_for_kind(EventKind.GONE, "Contoso.xlsx")
    assert is_edition(desk, 1)
    assert desk.text("internal/Contoso - first.pptx") == "first, edition 1"


def test_a_conflict_copy_is_told_to_both_and_to_nobody_when_it_is_gone(desk: Desk, watcher: Watching) -> None:
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    copy = desk.save("Contoso (Ana's conflicted copy).xlsx", texts={"first": "other"})
    watcher.wait_for(lambda: "Contoso (C-1)/to-do.html" in desk.files())
    watcher.wait_for(lambda: any(file.startswith("_unreadable/") for file in desk.files()))
    assert desk.edition()["edition"] == 1
    copy.unlink()
    watcher.wait_for(lambda: not [file for file in desk.files() if "to-do" in file])
    assert desk.edition()["edition"] == 1


def test_a_worker_that_dies_costs_one_retry_and_then_the_workbook_is_set_aside(desk: Desk, watcher: Watching) -> None:
    desk.save("Bad.xlsx", "B-1", "Bad", does="die")
    desk.save("Contoso.xlsx")
    watcher.wait_for_kind(EventKind.REFUSED, "Bad.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    kinds = watcher.kinds("Bad.xlsx")
    assert (kinds.count(EventKind.RETRIED), kinds.count(EventKind.SET_ASIDE)) == (1, 1)
    desk.save("Bad.xlsx", "B-1", "Bad")
    watcher.wait_for(lambda: is_edition(desk, 1, "Bad (B-1)"))


def test_an_ended_account_is_told_to_who_saves_it_and_is_left_alone_otherwise(desk: Desk, watcher: Watching) -> None:
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    with Ledger(desk.workspace.ledger_url) as ledger:
        ledger.retire("C-1", desk.now)
    desk.now += timedelta(days=1)
    desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
    watcher.wait_for(lambda: is_edition(desk, 1, "Fabrikam (F-1)"))
    assert desk.edition()["as_of"] == "2026-11-21"
    desk.save("Contoso.xlsx", texts={"first": "news"})
    watcher.wait_for_kind(EventKind.REFUSED, "Contoso.xlsx")
    watcher.wait_for(lambda: "This account was ended" in desk.text("to-do.html"))
    assert (desk.edition()["edition"], desk.text("internal/Contoso - first.pptx")) == (1, "first, edition 1")


def test_a_second_watcher_is_refused_and_told_of_the_first(desk: Desk, watcher: Watching) -> None:
    with pytest.raises(Locked, match=r"process \d+\) watches this workspace"):
        watch_inbox(
            desk.workspace, load_builder, lambda: desk.now, once=False, listeners=(), stop=threading.Event()
        )  # fmt: skip
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))


def test_a_build_beside_a_watcher_is_handed_over(desk: Desk, watcher: Watching) -> None:
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    report = desk.build(force=True)
    assert [(result.file, result.state, result.edition) for result in report.results] == [("Contoso.xlsx", "built", 2)]
    assert EventKind.BUILT in watcher.kinds("Contoso.xlsx")


def test_definitions_that_changed_rebuild_and_wrong_ones_do_not_stop_the_others(desk: Desk, watcher: Watching) -> None:
    definitions = desk.root / "rules" / "definitions.txt"
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    definitions.write_text("mistake", encoding="utf-8")
    watcher.wait_for_kind(EventKind.DEFINITIONS_WRONG)
    desk.save("Contoso.xlsx", texts={"first": "news"})
    watcher.wait_for(lambda: is_edition(desk, 2))
    definitions.write_text("two", encoding="utf-8")
    built = watcher.kinds("Contoso.xlsx").count(EventKind.BUILT)
    watcher.wait_for_kind(EventKind.DEFINITIONS_CHANGED)
    watcher.wait_for_kind(EventKind.BUILT, "Contoso.xlsx", built + 1)


def test_many_saves_make_one_edition_in_an_interval_and_the_newest_wins(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path, "settle_seconds = 0.1\nmin_interval = 3\n")
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_edition(desk, 1))
        for number in range(6):
            desk.save("Contoso.xlsx", texts={"first": f"save {number}"})
            threading.Event().wait(0.25)
        assert is_edition(desk, 1)
        watcher.wait_for_kind(EventKind.WAITING, "Contoso.xlsx")
        (held,) = [event for event in watcher.events if event.kind is EventKind.WAITING]
        assert held.detail.startswith("Its account has just got an edition; the next one is made from 12:0")
        watcher.wait_for(lambda: is_edition(desk, 2))
        assert desk.text("internal/Contoso - first.pptx") == "save 5, edition 2"


def test_plans_are_judged_again_on_a_new_day(desk: Desk, watcher: Watching) -> None:
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    assert desk.edition()["as_of"] == "2026-11-21"
    desk.now += timedelta(days=1)
    watcher.wait_for(lambda: desk.edition()["as_of"] == "2026-11-22")


def test_an_inbox_that_vanishes_is_no_empty_one_and_is_taken_up_when_it_is_back(desk: Desk, watcher: Watching) -> None:
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    (desk.root / "inbox").rename(desk.root / "elsewhere")
    watcher.wait_for(lambda: "inbox" in [event.topic for event in watcher.events])
    (desk.root / "elsewhere").rename(desk.root / "inbox")
    desk.save("Contoso.xlsx", texts={"first": "news"})
    watcher.wait_for(lambda: is_edition(desk, 2))
    assert EventKind.GONE not in watcher.kinds("Contoso.xlsx")
    healed = [event.topic for event in watcher.events if event.kind is EventKind.HEALED]
    assert "inbox" in healed


def test_an_outbox_that_cannot_be_written_to_is_published_into_when_it_can(desk: Desk, watcher: Watching) -> None:
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    internal = desk.root / "outbox" / "Contoso (C-1)" / "internal"
    internal.rename(desk.root / "kept")
    internal.write_text("in the way", encoding="utf-8")
    desk.save("Contoso.xlsx", texts={"first": "news"})
    watcher.wait_for_kind(EventKind.WAITING, "Contoso.xlsx")
    assert desk.edition()["edition"] == 1
    internal.unlink()
    (desk.root / "kept").rename(internal)
    watcher.wait_for(lambda: is_edition(desk, 2))
    assert desk.text("internal/Contoso - first.pptx") == "news, edition 2"


def test_a_watcher_that_is_told_to_stop_finishes_what_it_builds(desk: Desk) -> None:
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for_kind(EventKind.BUILDING, "Contoso.xlsx")
    assert is_edition(desk, 1)
    assert watcher.kinds()[-1] is EventKind.STOPPED


def test_a_notice_that_cannot_be_taken_away_keeps_nobody_waiting(
    desk: Desk, watcher: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = desk.drop("Bad.xlsx", b"damaged")
    watcher.wait_for(lambda: any(file.startswith("_unreadable/") for file in desk.files()))
    remove = Outbox.remove_notice

    def refuse(outbox: Outbox, folder: Path) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Outbox, "remove_notice", refuse)
    bad.unlink()
    watcher.wait_for_kind(EventKind.GONE, "Bad.xlsx")
    monkeypatch.setattr(Outbox, "remove_notice", remove)
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: is_edition(desk, 1))
    watcher.wait_for(lambda: not any(file.startswith("_unreadable/") for file in desk.files()))
