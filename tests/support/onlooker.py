"""A watcher without documents: it looks into an inbox by a clock of its own and takes in what is ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.collect.claim import FileChanging, claim
from pipeline.collect.scan import Listing, Stamp, scan
from pipeline.collect.settle import DOUBTFUL, Settled, Settling, is_whole, settle

SETTLING_SECONDS = 2.0


@dataclass
class Onlooker:
    """`taken` is every file with the bytes it was taken in with, `gone` every file that was told to be gone."""

    inbox: Path
    now: float = 1000.0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    _listing: Listing | None = None
    _done: dict[str, Stamp] = field(default_factory=dict)
    _settled: Settled = field(default_factory=Settled)

    def look(self) -> None:
        """Look once; raise InboxGone when nothing can be seen."""
        self._listing = scan(self.inbox, self._listing)
        settling = Settling(SETTLING_SECONDS, lambda file: is_whole(self.inbox / file))
        self._settled = settle(self._settled.moving, self._listing, self._done, self.now, settling, self._listing.blind)
        for file, stamp in self._settled.ready.items():
            self._take(file, stamp)
        for file in self._settled.gone:
            self.gone.append(file)
            del self._done[file]

    def wait(self, seconds: float) -> None:
        """Let time pass by its clock, with a look each second, as a watcher has that is told of every change."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 1.0)
            self.look()

    def rest(self) -> None:
        """Let so much time pass that nothing moves any more."""
        self.wait((DOUBTFUL + 1) * SETTLING_SECONDS)

    def _take(self, file: str, stamp: Stamp) -> None:
        try:
            claimed = claim(self.inbox, file, 64)
        except FileChanging:
            return
        self.taken.append((file, claimed.content))
        self._done[file] = stamp
