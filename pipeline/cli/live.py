"""What a watcher shows while it runs: a live view where somebody looks, lines of JSON where a program reads."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from pipeline.cli.printing import console, plain
from pipeline.service.events import ENDS, Event, EventKind, Listener, WatchState
from pipeline.service.log import JsonLog, level, message, warnings_of_libraries

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from pipeline.settings import Workspace

SHOWN = 6
"""Lines of one kind that the live view shows; what is more is counted."""
QUIET = frozenset({EventKind.RECEIVED, EventKind.BUILDING, EventKind.UNCHANGED, EventKind.OVERTAKEN})
"""Events that the view itself shows, so that they need no line of their own."""
STYLES = {"info": "default", "warning": "yellow", "error": "red"}
COUNTED = {
    "built": "built", "unchanged": "unchanged", "refused": "cannot be built", "failed": "failed",
    "set_aside": "set aside",
}  # fmt: skip
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class View:
    """What the live view shows: the state, and the files that went wrong, with the last that happened to each."""

    state: WatchState = field(default_factory=WatchState)
    wrong: Mapping[str, Event] = field(default_factory=dict)

    def after(self, event: Event) -> View:
        """Return the view after one more event; a file that went well after all is no longer wrong."""
        state = self.state.after(event)
        if event.file is None or event.kind not in {*ENDS, EventKind.GONE}:
            return replace(self, state=state)
        others = {file: earlier for file, earlier in self.wrong.items() if file != event.file}
        return View(state, others if level(event) == "info" else {**others, event.file: event})


@contextmanager
def telling(workspace: Workspace, clock: Clock, stop: threading.Event, *, as_json: bool) -> Iterator[Listener]:
    """Yield who tells of a watcher's events: on a terminal a live view, else a log of JSON, on standard error."""
    terminal = console(err=True)
    if as_json or not terminal.is_terminal:
        log = JsonLog(sys.stderr)
        with warnings_of_libraries(_in_the_log(log, clock)):
            yield log
        return
    with _LiveView(terminal, workspace, clock, stop) as view, warnings_of_libraries(view.warn):
        yield view


def _in_the_log(log: JsonLog, clock: Clock) -> Callable[[str, str, str], None]:
    def tell(severity: str, library: str, words: str) -> None:
        at = clock().isoformat(timespec="milliseconds")
        log.write({"at": at, "level": severity, "event": "library", "message": words, "library": library})

    return tell


class _LiveView:
    def __init__(self, terminal: Console, workspace: Workspace, clock: Clock, stop: threading.Event) -> None:
        from rich.live import Live

        self._terminal, self._workspace, self._clock, self._stop = terminal, workspace, clock, stop
        self._lock, self._view = threading.Lock(), View()
        self._live = Live(get_renderable=self._panel, console=terminal, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        with self._lock:
            self._view = self._view.after(event)
        if event.kind not in QUIET:
            self._terminal.print(line(event), soft_wrap=True)

    def warn(self, severity: str, library: str, words: str) -> None:
        style = STYLES.get(severity, "red")
        self._terminal.print(f"[dim]{self._clock():%H:%M:%S}[/]  [{style}]{plain(library)}: {plain(words)}[/]")

    def _panel(self) -> RenderableType:
        where = str(self._workspace.inbox)
        return panel(self._view, self._clock(), where, stopping=self._stop.is_set())


def line(event: Event) -> str:
    """Return an event as a line with its time, in the terminal's markup."""
    seconds = sum(event.seconds.values()) if event.kind in ENDS else 0.0
    took = f" [dim]{seconds:.1f} s[/]" if seconds else ""
    return f"[dim]{event.at:%H:%M:%S}[/]  [{STYLES[level(event)]}]{plain(_on_one_line(message(event)))}[/]{took}"


def panel(view: View, now: datetime, inbox: str, *, stopping: bool) -> RenderableType:
    """Return the live view at `now`: what is being built, what waits, what went wrong."""
    from rich.panel import Panel
    from rich.table import Table

    rows = Table.grid(padding=(0, 2), expand=True)
    rows.add_column(no_wrap=True)
    rows.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    rows.add_column(justify="right", no_wrap=True)
    for cells in _rows(view, now):
        rows.add_row(*cells)
    foot = "Stopping: what is being built is finished first. Ctrl+C again ends at once." if stopping else "Ctrl+C stops"
    return Panel(
        rows, title=f"Watching {plain(inbox)}", title_align="left", subtitle=foot, subtitle_align="left",
        border_style="dim",
    )  # fmt: skip


def _rows(view: View, now: datetime) -> Iterator[tuple[str, str, str]]:
    state = view.state
    building = [(plain(file), _age(now, since)) for file, since in state.building.items()]
    yield from _group("Being built", "cyan", building)
    yield from _group("Waiting", "default", _waiting(state, now))
    yield from _group("Held", "yellow", [(f"{plain(file)}: {plain(why)}", "") for file, why in state.held.items()])
    wrong = [(_sentence(event), f"{event.at:%H:%M}") for event in reversed([*view.wrong.values()])]
    yield from _group("Went wrong", "red", wrong)
    yield from _group("Trouble", "red", [(plain(_on_one_line(words)), "") for words in state.troubles.values()])
    yield "[dim]So far[/]", f"[dim]{_so_far(state)}[/]", ""


def _group(name: str, style: str, entries: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of one kind, its name beside the first; those beyond the limit are counted."""
    for place, (words, beside) in enumerate(entries[:SHOWN]):
        yield f"[{style}]{name}[/]" if place == 0 else "", words, beside
    if len(entries) > SHOWN:
        yield "", f"[dim]and {len(entries) - SHOWN} more[/]", ""


def _waiting(state: WatchState, now: datetime) -> list[tuple[str, str]]:
    if not state.waiting:
        return []
    count = len(state.waiting)
    oldest = min(state.waiting, key=lambda file: state.waiting[file])
    others = f" [dim]and {count - 1} more[/]" if count > 1 else ""
    return [(f"{plain(oldest)}{others}", _age(now, state.waiting[oldest]))]


def _sentence(event: Event) -> str:
    return plain(_on_one_line(message(event)))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _so_far(state: WatchState) -> str:
    done = [f"{state.counts[kind]} {words}" for kind, words in COUNTED.items() if state.counts.get(kind)]
    return ", ".join(done) or "nothing to do"


def _age(now: datetime, since: datetime) -> str:
    """Return such as `2.1 s` or `3 min`."""
    seconds = max(0.0, (now - since).total_seconds())
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
