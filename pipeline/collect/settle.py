"""Deciding from what lies in the inbox which workbooks are completely saved. Nothing here waits or looks at a clock."""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pipeline.collect.scan import Stamp

DOUBTFUL = 5
"""A file that does not look complete is handed on all the same after so many times the settling time, to be told as
what it is."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How a file was seen last: its stamp (None: it was not there) and since when (monotonic seconds) it is so."""

    stamp: Stamp | None
    since: float


@dataclass(frozen=True, slots=True)
class Settled:
    """What may be taken in, what is gone, and what is still moving.

    `moving` goes into the next call as `seen`; `look_at` is the monotonic instant at which that is worth a look, None
    when nothing moves. Whoever takes in a file notes its stamp as done, whoever accepts that one is gone removes it.
    """

    ready: Mapping[str, Stamp] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    moving: Mapping[str, Sight] = field(default_factory=dict)
    look_at: float | None = None


@dataclass(frozen=True, slots=True)
class Settling:
    """How it is judged: `seconds` that a file must stand still, and whether a file in the inbox looks complete."""

    seconds: float
    is_whole: Callable[[str], bool]


def settle(
    seen: Mapping[str, Sight],
    there: Mapping[str, Stamp],
    done: Mapping[str, Stamp],
    now: float,
    settling: Settling,
    blind: Collection[str] = (),
) -> Settled:
    """Return which files are completely saved, and which are gone.

    `seen` is what the call before left moving, `there` what lies in the inbox now, `done` the stamps with which files
    were taken in, `now` a monotonic clock, `blind` what could not be looked at. Only stillness counts: neither the
    order of a file's times nor the clock that wrote them. A file that is gone must stay away as long as one that came
    must stand still, since many programs save by deleting first.
    """
    looks = {file: _sight(seen.get(file), stamp, now) for file, stamp in there.items() if done.get(file) != stamp}
    looks |= {file: _sight(seen.get(file), None, now) for file in _missing(there, done, blind)}
    ready: dict[str, Stamp] = {}
    gone: list[str] = []
    moving: dict[str, Sight] = {}
    for file, sight in looks.items():
        if not _is_settled(file, sight, now, settling):
            moving[file] = sight
        elif sight.stamp is None:
            gone.append(file)
        else:
            ready[file] = sight.stamp
    look_at = min((_next_look(sight, now, settling.seconds) for sight in moving.values()), default=None)
    return Settled(ready, tuple(sorted(gone)), moving, look_at)


def _sight(before: Sight | None, stamp: Stamp | None, now: float) -> Sight:
    return Sight(stamp, before.since if before is not None and _stood(before.stamp, stamp) else now)


def _stood(before: Stamp | None, stamp: Stamp | None) -> bool:
    if before is None or stamp is None:
        return before is stamp
    return before.stands(stamp)


def _missing(there: Mapping[str, Stamp], done: Mapping[str, Stamp], blind: Collection[str]) -> Iterator[str]:
    hidden = tuple(f"{folder}/" for folder in blind)
    for file in done:
        if file not in there and file not in blind and not file.startswith(hidden):
            yield file


def _is_settled(file: str, sight: Sight, now: float, settling: Settling) -> bool:
    quiet = now - sight.since
    if quiet < settling.seconds:
        return False
    return sight.stamp is None or quiet >= DOUBTFUL * settling.seconds or settling.is_whole(file)


def _next_look(sight: Sight, now: float, seconds: float) -> float:
    """Return when a file may be ready: one that stood still and was not complete is looked at again and again."""
    earliest = sight.since + seconds
    return earliest if earliest > now else min(now + seconds, sight.since + DOUBTFUL * seconds)


# Whether a file looks complete --------------------------------------------------------------------------------------

_TAIL = 22 + 65_535
"""Bytes at the end of a zip that may hold its end record: the record and the longest comment (APPNOTE 4.3.16)."""
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s24x3H8xL")
_END_MARK, _ENTRY_MARK, _LOCAL_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_MOST_DIRECTORY = 4 * 1024 * 1024
_FAR = 0xFFFFFFFF
"""Stands in the end record of a file whose true sizes are in its zip64 record."""


def is_whole(path: Path) -> bool:
    """Return whether a file looks like a complete zip: an end, a directory, and each part's beginning where it says.

    Copies that reserve the whole size first have the right size long before they have the right bytes. Nothing is
    unpacked. False also for what is no zip, and for what cannot be opened now.
    """
    try:
        with path.open("rb") as file:
            return _has_all_parts(file)
    except (OSError, struct.error):
        return False


def _has_all_parts(file: BinaryIO) -> bool:
    end = _end_record(file)
    if end is None:
        return False
    _, _, _, _, _, size, offset, _ = end
    if _FAR in (size, offset):
        return True
    if size > _MOST_DIRECTORY:
        return False
    file.seek(offset)
    directory = file.read(size)
    return len(directory) == size and all(_begins(file, start) for start in _beginnings(directory))


def _end_record(file: BinaryIO) -> tuple[bytes, int, int, int, int, int, int, int] | None:
    length = file.seek(0, 2)
    file.seek(max(0, length - _TAIL))
    tail = file.read(_TAIL)
    place = tail.rfind(_END_MARK)
    if place < 0 or len(tail) - place < _END.size:
        return None
    end: tuple[bytes, int, int, int, int, int, int, int] = _END.unpack_from(tail, place)
    return end if end[4] else None


def _beginnings(directory: bytes) -> Iterator[int]:
    """Yield where each part begins; -1 for what is no directory."""
    place = 0
    while place < len(directory):
        mark, name, extra, comment, offset = _ENTRY.unpack_from(directory, place)
        yield offset if mark == _ENTRY_MARK else -1
        place += 46 + name + extra + comment


def _begins(file: BinaryIO, start: int) -> bool:
    if start < 0:
        return False
    file.seek(start)
    return file.read(4) == _LOCAL_MARK
