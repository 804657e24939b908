"""The log of a watcher: lines for programs, sentences for people."""

import io
import json
import logging
import os
from datetime import UTC, datetime

import pytest

from pipeline.service.events import Event, EventKind
from pipeline.service.log import WORDS, JsonLog, entry, level, message, shielded, warnings_of_libraries

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_every_kind_of_event_has_its_words() -> None:
    assert set(WORDS) == set(EventKind)


def test_an_event_is_one_line_of_json() -> None:
    stream = io.StringIO()
    log = JsonLog(stream)
    built = Event(
        NOON, EventKind.BUILT, file="a\nb 北嶺.xlsx", account="C-1", status="for_approval",
        seconds={"queued": 0.1234567, "built": 1.5},
    )  # fmt: skip
    log(Event(NOON, EventKind.STARTED))
    log(built)
    first, second = stream.getvalue().splitlines()
    assert json.loads(first) == {
        "at": "2026-11-21T12:00:00.000+00:00", "level": "info", "event": "started", "message": "watching",
    }  # fmt: skip
    assert json.loads(second) == {
        "at": "2026-11-21T12:00:00.000+00:00",
        "level": "info",
        "event": "built",
        "message": "a\nb 北嶺.xlsx: built, for approval",
        "file": "a\nb 北嶺.xlsx",
        "account": "C-1",
        "status": "for_approval",
        "seconds": {"queued": 0.123, "built": 1.5},
    }


@pytest.mark.parametrize(
    ("event", "expected", "sentence"),
    [
        (Event(NOON, EventKind.BUILT, file="a.xlsx", status="final"), "info", "a.xlsx: built, final"),
        (Event(NOON, EventKind.BUILT, file="a.xlsx", status="blocked"), "warning", "a.xlsx: built, blocked"),
        (
            Event(NOON, EventKind.REFUSED, file="a.xlsx", detail="It is a PDF."),
            "warning",
            "a.xlsx: cannot be built: It is a PDF.",
        ),
        (Event(NOON, EventKind.FAILED, file="a.xlsx"), "error", "a.xlsx: failed in planpress itself"),
        (Event(NOON, EventKind.HEALED, topic="metrics_port"), "info", "metrics port: well again"),
        (
            Event(NOON, EventKind.TROUBLE, topic="inbox", detail="It is gone."),
            "warning",
            "inbox: trouble: It is gone.",
        ),
    ],
)
def test_levels_and_sentences(event: Event, expected: str, sentence: str) -> None:
    assert (level(event), message(event)) == (expected, sentence)


def test_what_an_event_does_not_tell_is_left_out() -> None:
    assert set(entry(Event(NOON, EventKind.STOPPED))) == {"at", "level", "event", "message"}


def test_a_reader_that_went_away_does_not_disturb() -> None:
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w")
    os.close(reading)
    JsonLog(stream)(Event(NOON, EventKind.STARTED))
    with pytest.raises(BrokenPipeError):
        stream.close()
    JsonLog(stream)(Event(NOON, EventKind.STOPPED))


def test_a_library_that_warns_is_told_and_one_that_chats_is_not() -> None:
    told: list[tuple[str, str, str]] = []
    with warnings_of_libraries(lambda *words: told.append(words)):
        logging.getLogger("watchdog.observers").warning("limit of %s reached", "inotify")
        logging.getLogger("watchdog.observers").info("all is well")
    logging.getLogger("watchdog.observers").debug("nobody listens")
    assert told == [("warning", "watchdog.observers", "limit of inotify reached")]


def test_a_listener_that_fails_is_recorded_once_and_disturbs_nobody() -> None:
    heard: list[EventKind] = []
    recorded: list[str] = []

    def fail(event: Event) -> None:
        heard.append(event.kind)
        raise ZeroDivisionError

    listener = shielded(fail, recorded.append)
    listener(Event(NOON, EventKind.STARTED))
    listener(Event(NOON, EventKind.STOPPED))
    assert heard == [EventKind.STARTED, EventKind.STOPPED]
    assert len(recorded) == 1
    assert "ZeroDivisionError" in recorded[0]
