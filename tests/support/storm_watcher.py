"""Watchers that end their own process with SIGKILL at a named point: `python -m tests.support.storm_watcher WORKSPACE`.

One process imports planpress and makes a copy of itself for each line of its standard input, `["point", passing]`; each
copy is a watcher. What publication does is wrapped here; nothing in planpress knows of it.
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

RENAMES = ("snapshot", "document", "to-do", "edition.json", "account's folder")
"""What comes into place by a rename."""
FREQUENT = ("snapshots.write", "ledger.receive", "ledger.know_file", "rename of snapshot", "rename of document")
"""What happens many times in a short life."""
STEPS = (
    "snapshots.write",
    "ledger.receive",
    "ledger.know_file",
    "ledger.forget_file",
    "ledger.record",
    "ledger.record, written and not committed",
    "ledger.finish",
    "ledger.withdraw",
    "outbox.publish",
    "outbox.remove_notice",
    "outbox removes a stale file",
)
_PR_SET_PDEATHSIG = 1
POINTS = tuple(
    f"{when} {step}" for step in (*STEPS, *(f"rename of {kind}" for kind in RENAMES)) for when in ("before", "after")
)


class CutPoint:
    """The instant at which the process ends: the so-manieth time that a point is passed."""

    def __init__(self) -> None:
        self._point, self._left = "", 0

    def aim(self, point: str, passing: int) -> None:
        """Choose the point."""
        self._point, self._left = point, passing

    def passed(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that passes two points, before and after it."""

        @functools.wraps(function)
        def wrapped(*arguments: Any, **more: Any) -> Any:
            self.passed(f"before {step}")
            result = function(*arguments, **more)
            self.passed(f"after {step}")
            return result

        return wrapped


def wrap_renames(cut: CutPoint) -> None:
    """Wrap os.replace; must be called before anything of planpress is imported, which remembers it."""
    replace = os.replace

    def wrapped(source: Any, target: Any, **more: Any) -> None:
        step = f"rename of {kind_of(Path(target))}"
        cut.passed(f"before {step}")
        replace(source, target, **more)
        cut.passed(f"after {step}")

    setattr(os, "replace", wrapped)  # noqa: B010 - not the same type: it stands for all of them


def kind_of(target: Path) -> str:
    """Return what a rename brings into place."""
    if "snapshots" in target.parts:
        return "snapshot"
    if "outbox" not in target.parts:
        return "something else"
    if target.name == "edition.json":
        return "edition.json"
    if target.parent.name == "outbox":
        return "account's folder"
    return "to-do" if target.name.startswith("to-do") else "document"


def wrap_steps(cut: CutPoint) -> None:
    """Wrap the steps from a file in the inbox to its documents in the outbox."""
    from pipeline.send import outbox
    from pipeline.store import ledger, snapshots

    places: dict[str, tuple[Any, str]] = {
        "snapshots.write": (snapshots.Snapshots, "write"),
        "ledger.record, written and not committed": (ledger, "_write_publication"),
        "outbox removes a stale file": (outbox._Placing, "remove"),
    }
    for step in STEPS:
        owners = {"ledger": ledger.Ledger, "outbox": outbox.Outbox}
        kind, _, name = step.partition(".")
        owner, attribute = places.get(step) or (owners[kind], name)
        setattr(owner, attribute, cut.around(step, getattr(owner, attribute)))


def serve(root: Path) -> None:
    """Make a watcher for each line of standard input; say on standard output which process it is, and how it ended."""
    cut = CutPoint()
    wrap_renames(cut)
    wrap_steps(cut)
    import_module("pipeline.service.watch")
    import_module("tests.support.packed")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            cut.aim(*json.loads(line))
            os._exit(watch(root))
        _say(pid)
        _say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def watch(root: Path) -> int:
    """Watch a workspace until SIGTERM; return the exit code."""
    from pipeline.service.watch import watch_inbox
    from pipeline.settings import Workspace
    from tests.support.packed import load_packed

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    workspace = Workspace.open(root, {})
    try:
        with (root / "events.log").open("a", encoding="utf-8", buffering=1) as log:
            listener = partial(print, os.getpid(), file=log)
            watch_inbox(workspace, load_packed, lambda: datetime.now(UTC), once=False, listeners=[listener], stop=stop)
    except BaseException:  # noqa: BLE001 - whatever it is ends this watcher and must be seen
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
