"""`planpress status`: accounts, and what the watcher said last."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.service.events import Event, EventKind, WatchState
from pipeline.service.heartbeat import write_heartbeat
from tests.cli.conftest import Terminal
from tests.support.workspace import Desk


def now() -> datetime:
    return datetime.now(UTC)


def beat(desk: Desk, *events: Event, at: datetime | None = None) -> None:
    """Let a watcher, which is this process, say what it does."""
    state = WatchState()
    for event in events:
        state = state.after(event)
    desk.workspace.prepare_state()
    write_heartbeat(desk.workspace.heartbeat, state, at or now())


def bury(desk: Desk) -> None:
    """Let the process that wrote the heartbeat be another one that has ended."""
    path = desk.workspace.heartbeat
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "began": told["began"] - 1}))


def test_a_workbook_that_was_deleted_withdraws_nothing_and_is_shown(desk: Desk, planpress: Terminal) -> None:
    workbook = desk.save("Contoso.xlsx")
    planpress("build")
    workbook.unlink()
    assert "Contoso.xlsx (no longer in the inbox)" in planpress("status").out
    (account,) = planpress("status", "--json").json["accounts"]
    assert (account["status"], account["in_inbox"]) == ("final", False)


def test_a_retired_account_is_shown_as_one_and_its_workbook_is_not_missed(desk: Desk, planpress: Terminal) -> None:
    workbook = desk.save("Contoso.xlsx")
    planpress("build")
    planpress("retire", "C-1")
    workbook.unlink()
    answer = planpress("status")
    assert "Contoso (C-1) retired 20" in answer.out
    assert "no longer in the inbox" not in answer.out
    (account,) = planpress("status", "--json").json["accounts"]
    assert account["retired_at"].startswith("20")


def test_an_inbox_that_vanished_is_said_and_hides_no_account(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    planpress("build")
    shutil.rmtree(desk.root / "inbox")
    answer = planpress("status")
    assert answer.code == 0
    assert "Contoso (C-1)" in answer.out
    assert "no longer in the inbox" not in answer.out
    assert answer.lines[-1].startswith(f"The inbox {desk.root / 'inbox'} cannot be looked into: No such file")
    told = planpress("status", "--json").json
    assert (told["accounts"][0]["in_inbox"], told["inbox"]) == (None, answer.lines[-1])


def test_without_a_watcher_ever_none_is_told(desk: Desk, planpress: Terminal) -> None:
    assert "atch" not in planpress("status").out
    assert planpress("status", "--json").json["watcher"] is None


def test_a_watcher_at_work_is_shown_with_what_it_does_and_what_troubles_it(desk: Desk, planpress: Terminal) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    beat(
        desk,
        Event(noon, EventKind.STARTED),
        Event(noon, EventKind.RECEIVED, "a.xlsx"),
        Event(noon + timedelta(seconds=5), EventKind.RECEIVED, "b.xlsx"),
        Event(noon + timedelta(seconds=6), EventKind.BUILDING, "a.xlsx"),
        Event(noon, EventKind.WAITING, "c [1].xlsx", detail="The deck is held open."),
        Event(noon, EventKind.TROUBLE, topic="outbox", detail="The disk is full."),
    )
    oldest = "the oldest saved at 12:00:00."
    assert planpress("status").lines[-3:] == [
        f"Watching since 2026-11-21 12:00 (process {os.getpid()}): 1 being built, 1 waiting, {oldest}",
        "Held: c [1].xlsx: The deck is held open.",
        "Trouble: The disk is full.",
    ]
    told = planpress("status", "--json").json["watcher"]
    assert (told["running"], told["stuck"], told["process"]) == (True, False, os.getpid())
    assert (told["building"], told["waiting"]) == (["a.xlsx"], ["b.xlsx"])
    assert (told["held"], told["troubles"]) == (
        {"c [1].xlsx": "The deck is held open."},
        {"outbox": "The disk is full."},
    )


def test_times_are_those_of_the_workspace(desk: Desk, planpress: Terminal) -> None:
    (desk.root / "planpress.toml").write_text('time_zone = "Asia/Tokyo"\n')
    beat(desk, Event(datetime(2026, 11, 21, 22, tzinfo=UTC), EventKind.STARTED))
    assert "Watching since 2026-11-22 07:00 " in planpress("status").out


def test_a_watcher_that_hangs_is_told(desk: Desk, planpress: Terminal) -> None:
    beat(desk, at=now() - timedelta(minutes=10))
    assert f"The watcher (process {os.getpid()}) has given no sign of life since " in planpress("status").out
    assert planpress("status", "--json").json["watcher"]["stuck"]


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ([EventKind.STOPPING], "No watcher runs since "),
        ([], "The watcher ended unexpectedly after "),
    ],
)
def test_a_watcher_that_is_gone_is_told_with_how_it_went(
    desk: Desk, planpress: Terminal, ends: list[EventKind], sentence: str
) -> None:
    beat(desk, *(Event(now(), kind) for kind in [EventKind.STARTED, *ends]))
    bury(desk)
    assert planpress("status").lines[-1].startswith(sentence)
    assert not planpress("status", "--json").json["watcher"]["running"]


def test_a_long_list_of_held_files_is_cut_and_counted(desk: Desk, planpress: Terminal) -> None:
    beat(desk, *(Event(now(), EventKind.WAITING, f"{number:02}.xlsx", detail="Held.") for number in range(12)))
    lines = planpress("status").lines
    assert (len([text for text in lines if text.startswith("Held: ")]), lines[-1]) == (10, "and 2 more.")
