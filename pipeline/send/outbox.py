"""The outbox: each account's folder changes at once, `edition.json` last, and nothing edited by hand is overwritten."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.model import Status
from pipeline.send.edition import edition_bytes, worst
from pipeline.send.files import (
    HeldOpen,
    Replace,
    aside,
    beside,
    hash_of,
    is_aside,
    move,
    place,
    successors,
    unfinished_files,
)
from pipeline.send.names import account_folder, marked_id, notice_path, safe_id
from pipeline.send.publication import EDITION_FILE, Outcome, PlannedFile, Publication

UNREADABLE = "_unreadable"
Read = Callable[[str], bytes]
"""Returns the bytes with a hash."""


class OutboxGone(OSError):
    """The outbox is not where it was: its share is not mounted, or it was renamed."""

    def __init__(self, root: Path, reason: str) -> None:
        super().__init__(errno.ENOENT, f"{root} {reason}")


class Outbox:
    """The folder of published documents. `replace` renames one path to another, replacing it.

    As long as this object lives it knows the folder, so that nothing is put where a share should be mounted.
    """

    def __init__(self, root: Path, replace: Replace = os.replace) -> None:
        self._root, self._replace = root, replace
        self._device: int | None = None
        with suppress(OSError):  # there is none yet: it is made by what is published first
            self._device = root.stat().st_dev

    def _must_be_there(self) -> None:
        """Raise OutboxGone where the folder is missing, or where it lies elsewhere than before and is empty."""
        if self._device is None:
            self._root.mkdir(parents=True, exist_ok=True)
        try:
            device = self._root.stat().st_dev
        except (FileNotFoundError, NotADirectoryError) as error:
            raise OutboxGone(self._root, "is not there any more") from error
        if self._device not in (None, device) and not any(self._root.iterdir()):
            raise OutboxGone(self._root, "is empty and no longer on the file system on which the documents lay")
        self._device = device

    # Finding folders ------------------------------------------------------------------------------------------------

    def folder(self, account_id: str) -> Path | None:
        """Return the folder of an account, found by its id whatever its name, or None when there is none yet."""
        endings = (f"({safe_id(account_id)})", f"({marked_id(account_id)})")
        if not self._root.is_dir():
            return None
        candidates = (path for path in sorted(self._root.iterdir()) if path.name.endswith(endings) and path.is_dir())
        return next((path for path in candidates if _belongs_to(path, account_id)), None)

    def notice_folder(self, file: str) -> Path:
        """Return the folder that tells about a file of the inbox whose account is not known."""
        return self._root / UNREADABLE / notice_path(file)

    def _target_folder(self, publication: Publication) -> Path:
        if publication.account_id is None:
            return self.notice_folder(publication.file)
        name = publication.account_name or ""
        wanted = self._root / account_folder(publication.account_id, name)
        if wanted.exists() and not _belongs_to(wanted, publication.account_id):
            # Another account's, on a file system that takes C-1 and c-1 for one name.
            wanted = self._root / account_folder(publication.account_id, name, marked=True)
        found = self.folder(publication.account_id)
        if found is None or found == wanted or wanted.exists():
            return found or wanted
        try:
            move(found, wanted, self._replace)
        except HeldOpen:
            return found  # a document in it is open: the folder gets its new name next time
        return wanted

    # Edited by hand -------------------------------------------------------------------------------------------------

    def asides(self, account_id: str) -> tuple[str, ...]:
        """Return the files that were edited by hand and moved aside, as paths in the account's folder."""
        folder = self.folder(account_id)
        if folder is None:
            return ()
        return tuple(_relative(path, folder) for path in sorted(folder.rglob("*")) if is_aside(path))

    def edited(
        self, account_id: str, paths: Iterable[str], written: frozenset[str], day: date
    ) -> tuple[tuple[str, str], ...]:
        """Return those of `paths` whose bytes planpress never wrote, each with the path it would be moved to."""
        folder = self.folder(account_id)
        if folder is None:
            return ()
        found = (folder / path for path in paths if _is_edited(folder / path, written))
        return tuple((_relative(path, folder), _relative(aside(path, day), folder)) for path in found)

    # Publishing -----------------------------------------------------------------------------------------------------

    def publish(self, publication: Publication, read: Read, written: frozenset[str]) -> Outcome:
        """Make the folder what the publication says and return what came of it; doing it twice changes nothing.

        `written` are the hashes of all that planpress wrote there before: a file with another one was edited.
        """
        self._must_be_there()
        folder = self._target_folder(publication)
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in unfinished_files(folder):
            unfinished.unlink()
        placing = _Placing(folder, publication, read, written, self._replace)
        for file in publication.files:
            placing.put(file)
        for path in publication.stale:
            placing.remove(path)
        if publication.account_id is not None:
            self.remove_notice(self.notice_folder(publication.file))
        manifest = _with_waiting(publication.manifest, frozenset(placing.waiting))
        if manifest is not None:
            place(folder / EDITION_FILE, edition_bytes(manifest), self._replace)
        return Outcome(frozenset(placing.waiting), tuple(placing.moved), manifest)

    def holds(self, publication: Publication) -> bool:
        """Return whether every file of a publication lies where it should, whatever its bytes."""
        folder = self.notice_folder(publication.file)
        if publication.account_id is not None:
            found = self.folder(publication.account_id)
            if found is None or not (found / EDITION_FILE).is_file():
                return False
            folder = found
        return all((folder / file.path).is_file() for file in publication.files)

    def notices(self) -> Iterator[Path]:
        """Yield the folders that tell about files whose account is not known."""
        for page in sorted((self._root / UNREADABLE).rglob("to-do.html")):
            yield page.parent

    def remove_notice(self, folder: Path) -> None:
        """Take away what was said about a file that is fine or gone."""
        for path in (*folder.glob("to-do*"), *unfinished_files(folder)):
            path.unlink()
        while folder != self._root and (not folder.exists() or not any(folder.iterdir())):
            if folder.exists():
                folder.rmdir()
            folder = folder.parent


class _Placing:
    """Brings the files of one folder into the state of one publication."""

    def __init__(
        self, folder: Path, publication: Publication, read: Read, written: frozenset[str], replace: Replace
    ) -> None:
        self._folder, self._day, self._replace = folder, publication.day, replace
        self._read, self._written = read, written
        self._standing = tuple(folder / file.path for file in publication.files)
        self.waiting: list[str] = []
        self.moved: list[tuple[str, str]] = []

    def put(self, file: PlannedFile) -> None:
        path = self._folder / file.path
        found = hash_of(path)
        if found == file.sha256:
            self._remove_successors(path)
            return
        edited = found is not None and found not in self._written
        if edited and not file.fresh:
            return  # nothing new would take its place: it may stay
        try:
            if edited:
                self._move_aside(path)
            place(path, self._read(file.sha256), self._replace)
        except HeldOpen:
            self._wait(file, path)
        else:
            self._remove_successors(path)

    def remove(self, name: str) -> None:
        path = self._folder / name
        if any(_is_same_file(path, standing) for standing in self._standing):
            return  # an account was renamed from Acme to ACME, and the file system takes both for one name
        found = hash_of(path)
        try:
            if found in self._written:
                self._unlink(path)
            elif found is not None:
                self._move_aside(path)
        except HeldOpen:
            return  # in use: it goes when the next publication finds it free
        self._remove_successors(path)
        if path.parent != self._folder and path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()

    def _move_aside(self, path: Path) -> None:
        target = aside(path, self._day)
        move(path, target, self._replace)
        self.moved.append((_relative(path, self._folder), _relative(target, self._folder)))

    def _wait(self, file: PlannedFile, path: Path) -> None:
        self.waiting.append(file.id)
        successor = beside(path, file.edition)
        if hash_of(successor) != file.sha256:
            place(successor, self._read(file.sha256), self._replace)
        self._remove_successors(path, keep=successor)

    def _remove_successors(self, path: Path, keep: Path | None = None) -> None:
        for successor in successors(path):
            if successor != keep and hash_of(successor) in self._written:
                self._unlink(successor)

    def _unlink(self, path: Path) -> None:
        try:
            path.unlink()
        except PermissionError as error:
            raise HeldOpen(path.name) from error


def _belongs_to(folder: Path, account_id: str) -> bool:
    try:
        content = json.loads((folder / EDITION_FILE).read_text(encoding="utf-8"))
        return bool(content["account"]["id"] == account_id)
    except (OSError, ValueError, KeyError, TypeError):
        return True  # cut off before its first edition.json, or damaged: the name decides


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is_same_file(path: Path, other: Path) -> bool:
    return path.exists() and other.exists() and path.samefile(other)


def _is_edited(path: Path, written: frozenset[str]) -> bool:
    found = hash_of(path)
    return found is not None and found not in written


def _with_waiting(manifest: Mapping[str, Any] | None, waiting: frozenset[str]) -> Mapping[str, Any] | None:
    if manifest is None:
        return None
    documents = [
        {**document, "status": Status.WAITING} if document["id"] in waiting else dict(document)
        for document in manifest["documents"]
    ]
    status = worst(Status(manifest["status"]), *(Status(document["status"]) for document in documents))
    return {**manifest, "status": status, "documents": documents}
