"""What a watcher shows while somebody looks, and what it logs while nobody does."""

import io
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from pipeline.cli.live import SHOWN, View, line, panel, telling
from pipeline.service.events import Event, EventKind
from tests.support.workspace import Desk

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def happened(kind: EventKind, file: str | None = None, seconds_later: float = 0, **more: Any) -> Event:
    return Event(NOON + timedelta(seconds=seconds_later), kind, file, **more)


def shown(*events: Event, seconds_later: float = 0, width: int = 90, stopping: bool = False) -> list[str]:
    """Return the lines inside the frame of the live view after some events."""
    view = View()
    for event in events:
        view = view.after(event)
    terminal = Console(file=io.StringIO(), width=width, record=True)
    terminal.print(panel(view, NOON + timedelta(seconds=seconds_later), "/srv/inbox", stopping=stopping))
    return [" ".join(text.strip("│ ").split()) for text in terminal.export_text().splitlines()]


def test_what_is_being_built_and_what_waits_is_shown_with_its_age() -> None:
    lines = shown(
        happened(EventKind.STARTED),
        happened(EventKind.RECEIVED, "Contoso.xlsx"),
        happened(EventKind.BUILDING, "Contoso.xlsx", 1),
        happened(EventKind.RECEIVED, "Fabrikam.xlsx", 2),
        happened(EventKind.RECEIVED, "sub/Litware.xlsx", 3),
        seconds_later=70,
    )
    assert lines[0].startswith("╭─ Watching /srv/inbox ─")
    assert lines[1:4] == [
        "Being built Contoso.xlsx 1 min",
        "Waiting Fabrikam.xlsx and 1 more 1 min",
        "So far nothing to do",
    ]
    assert "Ctrl+C stops" in lines[4]


def test_what_went_wrong_stays_until_it_goes_well() -> None:
    wrong = happened(EventKind.REFUSED, "Adatum.xlsx", detail="It is a PDF,\nno workbook.", status="blocked")
    assert shown(wrong)[1:3] == [
        "Went wrong Adatum.xlsx: cannot be built: It is a PDF, no workbook. 12:00",
        "So far 1 cannot be built",
    ]
    assert (
        shown(wrong, happened(EventKind.BUILT, "Adatum.xlsx", status="final"))[1] == "So far 1 built, 1 cannot be built"
    )
    assert shown(wrong, happened(EventKind.GONE, "Adatum.xlsx"))[1] == "So far 1 cannot be built"
    blocked = happened(EventKind.BUILT, "Adatum.xlsx", status="blocked")
    assert shown(blocked)[1] == "Went wrong Adatum.xlsx: built, blocked 12:00"


def test_what_is_held_and_what_is_in_trouble_is_shown_with_its_reason() -> None:
    events = (
        happened(EventKind.WAITING, "Contoso.xlsx", detail="The deck is held open."),
        happened(EventKind.TROUBLE, topic="inbox", detail="The share is gone."),
    )
    assert shown(*events)[1:3] == ["Held Contoso.xlsx: The deck is held open.", "Trouble The share is gone."]
    healed = happened(EventKind.HEALED, topic="inbox")
    assert shown(*events, healed)[2] == "So far nothing to do"


def test_a_long_list_is_cut_and_counted() -> None:
    lines = shown(*(happened(EventKind.BUILDING, f"{number}.xlsx") for number in range(SHOWN + 3)))
    assert lines[SHOWN + 1] == "and 3 more"


def test_a_long_name_does_not_break_a_narrow_view() -> None:
    name = f"{'Contoso ' * 40}.xlsx"
    lines = shown(happened(EventKind.BUILDING, name), width=40)
    assert len(lines) == 4
    assert "…" in lines[1]


def test_a_name_cannot_play_with_the_view() -> None:
    event = happened(EventKind.BUILDING, "[red]\x1b[31ma[/red]\\.xlsx")
    assert shown(event)[1].startswith("Being built [red]�[31ma[/red]\\.xlsx")


def test_who_stopped_is_told_what_comes() -> None:
    assert "Stopping: what is being built is finished first. Ctrl+C again ends at once." in shown(stopping=True)[-1]


def test_an_event_is_a_line_with_its_time() -> None:
    terminal = Console(file=io.StringIO(), width=200, record=True)
    built = happened(EventKind.BUILT, "a [1].xlsx", status="final", seconds={"queued": 0.5, "built": 1.5})
    terminal.print(line(built))
    assert terminal.export_text() == "12:00:00  a [1].xlsx: built, final 2.0 s\n"


def test_without_a_terminal_each_event_is_json_on_standard_error(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    import logging

    with telling(desk.workspace, lambda: NOON, threading.Event(), as_json=False) as tell:
        tell(happened(EventKind.STARTED))
        logging.getLogger("watchdog").warning("limit reached")
    said = capsys.readouterr()
    assert said.out == ""
    started, warned = (json.loads(text) for text in said.err.splitlines())
    assert started["event"] == "started"
    assert (warned["event"], warned["library"], warned["message"]) == ("library", "watchdog", "limit reached")
