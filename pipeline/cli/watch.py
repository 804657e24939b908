"""`planpress watch`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Annotated

import typer

from pipeline.cli.options import HERE, WorkspaceFolder

SHOW_CURSOR = "\x1b[?25h"


def watch(
    once: Annotated[
        bool, typer.Option("--once", help="Build what is new or changed, then end: for a timer such as cron.")
    ] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Log lines of JSON on a terminal, too; with --once, print the report as JSON."),
    ] = False,
) -> None:
    """Build whatever was saved, then stay and build each workbook as it is saved.

    Shows what happens on a terminal, else logs each event as a line of JSON on standard error. SIGTERM and Ctrl+C end
    it when what is being built is finished, a second Ctrl+C at once; nothing is lost either way.
    """
    from pipeline.cli.build import print_report
    from pipeline.cli.live import telling
    from pipeline.cli.opening import clock_of, open_workspace
    from pipeline.cli.printing import print_json
    from pipeline.service.health import answering
    from pipeline.service.load import load_builder
    from pipeline.service.log import shielded
    from pipeline.service.watch import watch_inbox

    opened, stop = open_workspace(workspace), threading.Event()
    clock = clock_of(opened)
    with (
        ended_by_signals(stop),
        telling(opened, clock, stop, as_json=as_json) as tell,
        nullcontext(()) if once else answering(opened, clock, tell) as asked,
    ):
        listeners = [shielded(listener, opened.record_failure) for listener in (tell, *asked)]
        report = watch_inbox(opened, load_builder, clock, once=once, listeners=listeners, stop=stop)
    if report.build is not None:
        if as_json:
            print_json(report.build.to_json())
        else:
            print_report(report.build, opened)
    raise typer.Exit(report.exit_code)


@contextmanager
def ended_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM and Ctrl+C set `stop`, and a second Ctrl+C end this process at once."""

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and stop.is_set():
            _end_at_once()
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_at_once() -> None:
    """End as if nobody had asked for more time: the next start finishes what is cut off."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), SHOW_CURSOR.encode())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.raise_signal(signal.SIGINT)
