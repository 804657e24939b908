"""Doing nothing where nothing changed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from stat import S_ISREG
from typing import Any

from pipeline import __version__
from pipeline.definitions.load import OUTPUTS, RULES, TEMPLATES
from pipeline.model import Calendar, Finding, Status
from pipeline.send.outbox import Outbox
from pipeline.send.publication import Publication
from pipeline.service.report import FileResult
from pipeline.settings import Settings
from pipeline.store.records import PublicationRecord

Stamp = tuple[int, int, int]
"""What changes with a file: its size, its time of writing in nanoseconds, and which file it is."""
DEFINITIONS = (TEMPLATES, RULES, OUTPUTS)
NOT_DEFINITIONS = (".", "~$")
"""Beginnings of names of files that programs lay beside the one that is open in them."""
TICK_NANOSECONDS = 2_000_000_000
"""The coarsest step in which a file system counts time."""
WITHOUT_EFFECT = {
    "jobs", "limits", "retention", "inbox", "outbox", "ledger",
    "settle_seconds", "min_interval", "refresh", "poll_seconds", "rescan_seconds", "metrics_port",
}  # fmt: skip
"""Settings that no document depends on."""


def definition_stamps(root: Path) -> Iterator[tuple[Path, Stamp]]:
    """Yield all files that define what is built, in a fixed order; not those in which a program notes who edits."""
    for folder in DEFINITIONS:
        for path in sorted(_files(root / folder)):
            with suppress(FileNotFoundError):  # taken away since it was listed
                status = path.stat()
                if S_ISREG(status.st_mode) and not path.name.startswith(NOT_DEFINITIONS):
                    yield path, (status.st_size, status.st_mtime_ns, status.st_ino)


def _files(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Yield what lies below a folder, in linked folders too; a link back to a folder `above` leads nowhere."""
    own = folder.resolve()
    if own in above or not folder.is_dir():
        return
    with suppress(FileNotFoundError):  # taken away since it was listed
        for path in folder.iterdir():
            if path.is_dir():
                yield from _files(path, above | {own})
            else:
                yield path


def listing_hash(digests: Iterable[tuple[str, bytes]]) -> str:
    """Return one hash for files given by path and SHA-256, in the order of `definition_stamps`."""
    digest = hashlib.sha256()
    for file, content in digests:
        digest.update(f"{file}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def definitions_hash(root: Path) -> str:
    """Return the hash of all files that define what is built, without understanding them."""
    return DefinitionFiles(root).hash()


class DefinitionFiles:
    """The files that define what is built. Those whose size and time have not changed are not read again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, tuple[Stamp, bytes]] = {}

    def hash(self) -> str:
        """Return the hash of all of them as they lie there now; raise OSError when one cannot be read."""
        stamps = {path.relative_to(self._root).as_posix(): stamp for path, stamp in definition_stamps(self._root)}
        found = {file: (stamp, self._digest(file, stamp)) for file, stamp in stamps.items()}
        # A file that was written this instant may be written again within the same tick of its time.
        settled = time.time_ns() - TICK_NANOSECONDS
        self._known = {file: entry for file, entry in found.items() if entry[0][1] < settled}
        return listing_hash((file, digest) for file, (_, digest) in found.items())

    def _digest(self, file: str, stamp: Stamp) -> bytes:
        known = self._known.get(file)
        return known[1] if known and known[0] == stamp else hashlib.sha256((self._root / file).read_bytes()).digest()


def fingerprint(settings: Settings, definitions: str, days: Calendar, told: Iterable[Finding]) -> str:
    """Return the hash of all that a judgement rests on besides the workbook and the editions before."""
    parts: dict[str, Any] = {
        "program": __version__,
        "settings": settings.model_dump(mode="json", exclude=WITHOUT_EFFECT),
        "definitions": definitions,
        "calendar": asdict(days),
        "told": [dict(finding.message.by_language) for finding in told],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def known_result(file: str, record: PublicationRecord | None, outbox: Outbox) -> FileResult | None:
    """Return what was published for a file, or None when something of it is missing or waits."""
    if record is None or record.state != "done":
        return None
    publication = Publication.from_json(record.content)
    told = publication.manifest
    if publication.file != file or not outbox.holds(publication):
        return None
    status = Status(told["status"]) if told else Status.BLOCKED
    if status is Status.WAITING:
        return None
    return FileResult(
        file,
        "unchanged",
        status,
        publication.account_id,
        publication.account_name,
        told["edition"] if told else None,
        tuple(told["documents"]) if told else (),
        publication.findings,
    )
