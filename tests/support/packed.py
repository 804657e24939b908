"""Workbooks that are zips like Excel's and as cheap as JSON: the text of json_builder.py packed into one.

A watcher sees from the zip's directory whether such a file is completely saved, as it does with a real workbook.
"""

from __future__ import annotations

import io
import json
import signal
import sys
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.model import Arrival, Build, Calendar, History
from pipeline.service.watch import watch_inbox
from pipeline.settings import Settings, Workspace
from tests.support.json_builder import JsonBuilder, load_builder

PART = "workbook.json"
_TIME = (2026, 11, 21, 12, 0, 0)


def packed(workbook: Mapping[str, Any]) -> bytes:
    """Return a workbook as the bytes of a file; equal ones have equal bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(PART, _TIME), json.dumps(workbook))
    return file.getvalue()


class PackedBuilder(JsonBuilder):
    """Unpacks, then builds; what is no whole zip is a damaged workbook."""

    def identify(self, arrival: Arrival) -> str | None:
        return super().identify(_unpacked(arrival))

    def build(self, arrival: Arrival, calendar: Calendar, account_id: str | None, history: History) -> Build:
        return super().build(_unpacked(arrival), calendar, account_id, history)


def load_packed(root: Path, settings: Settings) -> PackedBuilder:
    """Return the builder of a workspace."""
    return PackedBuilder(load_builder(root, settings).hash)


def _unpacked(arrival: Arrival) -> Arrival:
    try:
        with zipfile.ZipFile(io.BytesIO(arrival.content)) as archive:
            return replace(arrival, content=archive.read(PART))
    except (zipfile.BadZipFile, KeyError, OSError, EOFError):
        return replace(arrival, content=b"")


def watch(root: Path) -> None:
    """Watch a workspace of such workbooks until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    watch_inbox(
        Workspace.open(root, {}), load_packed, lambda: datetime.now(UTC), once=False, listeners=(), stop=stop
    )  # fmt: skip


if __name__ == "__main__":
    from tests.support.packed import watch as watch_from_here  # workers find their builder by the name of its module

    watch_from_here(Path(sys.argv[1]))
