"""How programs save a file, as the file operations that somebody who watches the folder sees.

    for _ in save_as_excel(path, content, seeded(1)):
        ...                     # any time may pass here, and anybody may look

Each way is a generator that stops between two operations and has put `content` at `path` when it ends. It leaves
nothing else there but Dropbox's hidden folder. `chance` gives the temporary names and the size of the pieces, so that
a seed repeats a run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count, pairwise
from pathlib import Path
from random import Random
from typing import TypeAlias

Saving: TypeAlias = Iterator[None]
Way: TypeAlias = Callable[[Path, bytes, Random], Saving]

_OWNER = b"\x0cAna Ferreira".ljust(54) + b"\x0c\0A\0n\0a\0".ljust(111, b"\0")
_HEX = "0123456789ABCDEF"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def seeded(seed: int) -> Random:
    """Return a source of chance that always gives the same."""
    return Random(seed)  # noqa: S311  names of temporary files are no secrets


def save(way: Way, path: Path, content: bytes, chance: Random, longest_pause: float = 0.0) -> None:
    """Save in one way, with a pause of up to so many seconds between two operations."""
    for _ in way(path, content, chance):
        if longest_pause:
            time.sleep(chance.uniform(0, longest_pause))


# Programs -----------------------------------------------------------------------------------------------------------


def save_as_excel(path: Path, content: bytes, chance: Random) -> Saving:
    """Excel on Windows: owner file, temporary file without ending, the old one renamed away, the new one in place."""
    owner = path.with_name(f"~${path.name}")
    owner.write_bytes(_OWNER)
    yield
    temporary = path.with_name(_word(chance, _HEX, 8))
    yield from _write(temporary, content, chance)
    aside = path.with_name(f"{_word(chance, _HEX, 8)}.tmp")
    if path.exists():
        path.rename(aside)
        yield
    temporary.rename(path)
    yield
    aside.unlink(missing_ok=True)
    yield
    owner.unlink()


def save_as_excel_while_it_stays_open(path: Path, content: bytes, chance: Random) -> Saving:
    """AutoSave: the same workbook several times in short order."""
    for _ in range(chance.randint(1, 3)):
        yield from save_as_excel(path, content, chance)
        yield
    yield from save_as_excel(path, content, chance)


def save_as_excel_for_mac(path: Path, content: bytes, chance: Random) -> Saving:
    """Excel on a Mac where the disk cannot exchange files: a folder beside it holds the new one, with its very name."""
    folder = _new_folder(path.with_name(f"(A Document Being Saved By Microsoft Excel {number})") for number in count(2))
    yield
    yield from _write(folder / path.name, content, chance)
    (folder / path.name).replace(path)
    yield
    folder.rmdir()


def save_as_numbers(path: Path, content: bytes, chance: Random) -> Saving:
    """Numbers and other sandboxed programs of a Mac: a file whose ending is a mark of the sandbox, then a rename."""
    temporary = path.with_name(f"{path.name}.sb-{_word(chance, _HEX.lower(), 8)}-{_word(chance, _LETTERS, 6)}")
    yield from _write(temporary, content, chance)
    temporary.replace(path)


def save_as_libreoffice(path: Path, content: bytes, chance: Random) -> Saving:
    """LibreOffice: lock file, temporary file, then the bytes are copied into the file itself."""
    lock = path.with_name(f".~lock.{path.name}#")
    lock.write_text(",ana,desk,21.11.2026 09:00,file:///home/ana;", encoding="utf-8")
    yield
    temporary = path.with_name(f"lu{_word(chance, _LETTERS, 10)}.tmp")
    yield from _write(temporary, content, chance)
    yield from _write(path, content, chance)
    temporary.unlink()
    yield
    lock.unlink()


# Clients that synchronise -------------------------------------------------------------------------------------------


def save_as_onedrive(path: Path, content: bytes, chance: Random) -> Saving:
    """OneDrive: a partial file, the time at which it was saved elsewhere, and the old one aside until then."""
    temporary = path.with_name(f"{path.name}~RF{_word(chance, _HEX.lower(), 6)}.TMP")
    partial = path.with_name(f".{_word(chance, _HEX, 8)}-{_word(chance, _HEX, 4)}")
    yield from _write(partial, content, chance)
    _date_back(partial, chance)
    yield
    if path.exists():
        path.rename(temporary)
        yield
    partial.rename(path)
    yield
    temporary.unlink(missing_ok=True)


def save_as_dropbox(path: Path, content: bytes, chance: Random) -> Saving:
    """Dropbox: a hidden folder of its own, then a rename, then the time at which the file was saved elsewhere."""
    cache = path.with_name(".dropbox.cache")
    cache.mkdir(exist_ok=True)
    partial = cache / _word(chance, _LETTERS, 12)
    yield from _write(partial, content, chance)
    partial.replace(path)
    yield
    _date_back(path, chance)


def save_as_syncthing(path: Path, content: bytes, chance: Random) -> Saving:
    """Syncthing, Nextcloud and rsync: a hidden temporary file with the right time, then a rename."""
    temporary = path.with_name(f".syncthing.{path.name}.tmp")
    yield from _write(temporary, content, chance)
    _date_back(temporary, chance)
    yield
    temporary.replace(path)


def leave_conflicted_copy(path: Path, content: bytes, chance: Random) -> Saving:
    """Dropbox, after two people saved at once: `content` lies beside the file. Not among the ways of saving."""
    copy = path.with_name(f"{path.stem} (Ana's conflicted copy 2026-11-{chance.randint(10, 28)}){path.suffix}")
    yield from _write(copy, content, chance)


# Copies and scripts -------------------------------------------------------------------------------------------------


def copy_slowly(path: Path, content: bytes, chance: Random) -> Saving:
    """`cp` over a slow line: emptied, then written piece by piece."""
    yield from _write(path, content, chance)


def copy_reserving_room(path: Path, content: bytes, chance: Random) -> Saving:
    """Windows' Explorer and `rsync --preallocate`: the whole size first, then the bytes."""
    with path.open("wb") as file:
        file.truncate(len(content))
    yield
    with path.open("r+b") as file:
        yield from _pour(file.fileno(), content, chance)


def copy_with_time(path: Path, content: bytes, chance: Random) -> Saving:
    """`cp -p` and robocopy: written piece by piece, in the end with the time of the source."""
    yield from _write(path, content, chance)
    _date_back(path, chance)


def write_keeping_time(path: Path, content: bytes, chance: Random) -> Saving:
    """A script that puts back the very time that the file had before."""
    before = path.stat() if path.exists() else None
    yield from _write(path, content, chance)
    if before is not None:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def write_at_once(path: Path, content: bytes, _chance: Random) -> Saving:
    """A program that empties the file and writes it in one piece."""
    with path.open("wb") as file:
        yield
        file.write(content)
    yield


def delete_and_create(path: Path, content: bytes, chance: Random) -> Saving:
    """A program that deletes the old file before it writes the new one."""
    path.unlink(missing_ok=True)
    yield
    yield from _write(path, content, chance)


def move_in(path: Path, content: bytes, chance: Random) -> Saving:
    """Somebody drags a finished file from another folder of the same disk."""
    outside = path.parent / f".{_word(chance, _LETTERS, 8)}"
    outside.mkdir()
    yield from _write(outside / path.name, content, chance)
    (outside / path.name).replace(path)
    yield
    outside.rmdir()


WAYS: tuple[Way, ...] = (
    copy_reserving_room,
    copy_slowly,
    copy_with_time,
    delete_and_create,
    move_in,
    save_as_dropbox,
    save_as_excel,
    save_as_excel_for_mac,
    save_as_excel_while_it_stays_open,
    save_as_libreoffice,
    save_as_numbers,
    save_as_onedrive,
    save_as_syncthing,
    write_at_once,
    write_keeping_time,
)
"""All ways in which a workbook is saved; after each of them its bytes are `content`."""


# Pieces of a way ----------------------------------------------------------------------------------------------------


def _write(path: Path, content: bytes, chance: Random) -> Saving:
    """Empty or create a file and write it in pieces, closed and opened again between them."""
    path.write_bytes(b"")
    yield
    with path.open("ab") as file:
        yield from _pour(file.fileno(), content, chance)


def _pour(descriptor: int, content: bytes, chance: Random) -> Saving:
    """Write bytes in two to six pieces."""
    borders = sorted({0, len(content), *(chance.randrange(len(content) + 1) for _ in range(chance.randint(1, 5)))})
    for begin, end in pairwise(borders):
        os.write(descriptor, content[begin:end])
        yield


def _date_back(path: Path, chance: Random) -> None:
    """Give a file the time of some second of the year before."""
    seconds = time.time() - chance.randint(1, 365 * 86_400)
    os.utime(path, (seconds, seconds))


def _new_folder(names: Iterable[Path]) -> Path:
    """Make a folder by the first name that is free, whoever else makes some at the same time."""
    for folder in names:
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(names)


def _word(chance: Random, letters: str, length: int) -> str:
    return "".join(chance.choices(letters, k=length))
