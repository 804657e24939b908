"""Changing definitions while a watcher works."""

from pathlib import Path

from pipeline.service.events import Event, EventKind, WatchState
from tests.support.watching import QUICK, watching
from tests.support.workspace import Desk


def test_a_mistake_that_is_taken_back_is_no_trouble_any_more(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path, QUICK)
    definitions = desk.root / "rules" / "definitions.txt"
    with watching(desk) as watcher:
        watcher.wait_for_kind(EventKind.STARTED)
        before = definitions.read_text()
        definitions.write_text("mistake")
        watcher.wait_for_kind(EventKind.DEFINITIONS_WRONG)
        definitions.write_text(before)
        watcher.wait_for(lambda: "definitions" not in state_after(watcher.events).troubles)
        assert watcher.kinds().count(EventKind.DEFINITIONS_CHANGED) == 0


def state_after(events: list[Event]) -> WatchState:
    state = WatchState()
    for event in list(events):
        state = state.after(event)
    return state
