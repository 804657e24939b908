"""Thinning out, once a day: bytes that nothing needs any more, and what the ledger knows of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline.send.files import place
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.lock import Locked, exclusive
from pipeline.store.retention import Keep
from pipeline.store.snapshots import Snapshots

THINNED = "thinned"
"""File in .planpress/ that names the day on which it was last done."""
MOST_DAYS = timedelta(days=31)
"""After a longer pause nothing is thinned out on the first day: a clock that jumped must not cost what years kept."""
UNFINISHED_HOURS = 24
"""Bytes younger than this stay, whatever the ledger says: whoever wrote them may not have said so yet."""


@dataclass(frozen=True, slots=True)
class Thinned:
    """What was taken away: how many snapshots, and how many bytes they had."""

    snapshots: int
    size: int


def thin_out_daily(workspace: Workspace, ledger: Ledger, now: datetime) -> Thinned | None:
    """Thin out unless that was done today, or somebody is restoring an edition; return what was taken away.

    For whoever holds the workspace's lock. Raise LedgerUnavailable or OSError where it cannot be done now.
    """
    marker, today = workspace.state / THINNED, now.date()
    last = _day(marker)
    if last == today:
        return None
    if last is not None and not last <= today <= last + MOST_DAYS:
        place(marker, today.isoformat().encode())
        return None
    try:
        with exclusive(workspace.snapshots_lock, 0):
            thinned = thin_out(workspace, ledger, now)
    except Locked:
        return None
    place(marker, today.isoformat().encode())
    return thinned


def _day(marker: Path) -> date | None:
    try:
        return date.fromisoformat(marker.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def thin_out(workspace: Workspace, ledger: Ledger, now: datetime) -> Thinned:
    """Take away all that the settings `retention` let go and that nothing needs."""
    setting = workspace.settings.retention
    needed = ledger.thin_out(Keep(now - timedelta(days=setting.days), setting.editions))
    oldest = (now - timedelta(hours=UNFINISHED_HOURS)).timestamp()
    sizes = [size for path, size in _unneeded(Snapshots(workspace.snapshots), needed, oldest) if _is_removed(path)]
    return Thinned(len(sizes), sum(sizes))


def _unneeded(snapshots: Snapshots, needed: frozenset[bytes], oldest: float) -> Iterator[tuple[Path, int]]:
    for path, sha256 in snapshots.files():
        with suppress(FileNotFoundError):
            status = path.stat()
            if sha256 not in needed and status.st_mtime < oldest:
                yield path, status.st_size


def _is_removed(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
