"""Whether inbox, ledger, snapshots and outbox agree once a watcher has come to rest: nothing lost, torn or doubled."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from pipeline.errors import WorkspaceError
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.records import EditionRecord, Submission
from pipeline.store.snapshots import Snapshots
from tests.support.storm_saver import Saved

_DOCUMENT = re.compile(r"(save|joint|conflict) \d+.*, edition \d+|second, edition \d+")
_WHOLE = {".pptx": _DOCUMENT, ".pdf": _DOCUMENT, ".json": re.compile(r"\{.*\}\n", re.DOTALL)}
"""How the files of an outbox begin and end, by their ending."""
_TEMPORARY = re.compile(r"\.tmp$|\.new$|^\.planpress-|^unfinished-|\.answer$")


def faults(workspace: Workspace, saved: Iterable[Saved]) -> list[str]:
    """Return a sentence for everything that is not as it must be, given what was saved last of every account."""
    return list(_faults(workspace, tuple(saved)))


def editions(workspace: Workspace, saved: Iterable[Saved]) -> int:
    """Return how many editions there are."""
    with Ledger(workspace.ledger_url) as ledger:
        return sum(len(ledger.editions(entry.account)) for entry in saved)


def is_current(workspace: Workspace, saved: Saved) -> bool:
    """Return whether edition.json of an account carries what was saved last."""
    folder = folder_of(workspace.outbox, saved.account)
    try:
        workbook = json.loads((folder / "edition.json").read_text("utf-8"))["workbook"]
    except (FileNotFoundError, NotADirectoryError):
        return False
    return bool((workbook["file"], workbook["sha256"]) == (saved.file, saved.sha256))


def torn(outbox: Path, chance: Random) -> Iterator[str]:
    """Yield which files of one folder, whichever chance brings, are not whole at this instant."""
    folders = [folder for folder in outbox.glob("*") if not folder.name.startswith("_")]
    if not folders:
        return
    for path in chance.choice(folders).rglob("*.*"):
        with suppress(FileNotFoundError, NotADirectoryError):  # replaced or renamed since it was found
            if path.suffix in _WHOLE and not _WHOLE[path.suffix].fullmatch(path.read_text("utf-8")):
                yield f"{path} was torn"


def folder_of(outbox: Path, account: str) -> Path:
    """Return the folder of an account, or one that is not there."""
    return next(outbox.glob(f"*({account})"), outbox / "not there")


def _faults(workspace: Workspace, saved: tuple[Saved, ...]) -> Iterator[str]:
    snapshots = Snapshots(workspace.snapshots)
    with Ledger(workspace.ledger_url) as ledger:
        latest = ledger.latest_submissions()
        for entry in saved:
            account = _Account(workspace.outbox, entry, ledger, snapshots)
            yield from (f"{entry.account}: {fault}" for fault in account.faults(latest.get(entry.file)))
        yield from (f"publication {record.id} is pending" for record in ledger.pending())
        known = ledger.known_files()
    lying = {entry.file: entry.sha256 for entry in saved}
    if {file: entry.sha256 for file, entry in known.items()} != lying:
        yield f"the ledger knows other files than lie in the inbox: {sorted(known.keys() ^ lying.keys())}"
    yield from _strangers(workspace, {entry.account for entry in saved})


def _strangers(workspace: Workspace, accounts: set[str]) -> Iterator[str]:
    """Yield what should not be there at all."""
    for folder in sorted(workspace.outbox.iterdir()):
        if folder.name.rpartition("(")[2].rstrip(")") not in accounts:
            yield f"{folder} is nobody's folder"
    for top in (workspace.outbox, workspace.state):
        for path in sorted(top.rglob("*")):
            if _TEMPORARY.search(path.name) or path.parent.name == "unfinished":
                yield f"{path} was left behind"


class _Account:
    """One account: its folder, its editions in the ledger, and what was saved last."""

    def __init__(self, outbox: Path, saved: Saved, ledger: Ledger, snapshots: Snapshots) -> None:
        self._saved, self._snapshots = saved, snapshots
        self._folders = tuple(outbox.glob(f"*({saved.account})"))
        self._editions = tuple(reversed(ledger.editions(saved.account)))
        self._record, self._publication = ledger.account(saved.account), ledger.publication(saved.account)

    def faults(self, latest: Submission | None) -> Iterator[str]:
        if len(self._folders) != 1 or self._record is None or self._publication is None:
            yield f"has {len(self._folders)} folders, and the ledger knows {self._record}"
            return
        folder = self._folders[0]
        manifest = json.loads((folder / "edition.json").read_text("utf-8"))
        yield from self._of_manifest(manifest)
        yield from self._of_files(folder, manifest)
        yield from self._of_editions(manifest)
        if latest is None or (latest.sha256, latest.state) != (self._saved.sha256, "published"):
            yield f"its last save is {latest} in the ledger"
        if (self._publication.state, self._publication.content["manifest"]) != ("done", manifest):
            yield f"edition.json is not what publication {self._publication.id} ({self._publication.state}) decided"

    def _of_manifest(self, manifest: dict[str, Any]) -> Iterator[str]:
        workbook, saved = manifest["workbook"], self._saved
        if (workbook["file"], workbook["sha256"]) != (saved.file, saved.sha256):
            yield f"edition.json says {workbook}, saved last was {saved.file} {saved.sha256} (save {saved.number})"
        told = [finding["id"] for finding in manifest["findings"]]
        if len(told) != len(saved.workbook.get("findings", ())) or set(told) - {"told"}:
            yield f"its findings are {told}, its workbook has {saved.workbook.get('findings')}"

    def _of_files(self, folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
        documents = {found["file"]: found for found in manifest["documents"] if found.get("file")}
        todo = {"to-do.html"} if manifest["findings"] else set()
        lying = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        if lying != {"edition.json", *documents, *todo}:
            yield f"in its folder lie {sorted(lying)}, expected {sorted({'edition.json', *documents, *todo})}"
        for file, found in documents.items():
            content = (folder / file).read_bytes() if file in lying else b""
            if hashlib.sha256(content).hexdigest() != found["sha256"]:
                yield f"{file} is torn or missing"
            elif not self._is_expected(found, content.decode()):
                yield f"{file} holds {content[:40]!r}…, saved last was {self._saved.workbook}"

    def _is_expected(self, found: dict[str, Any], content: str) -> bool:
        if found["status"] == "blocked":
            return True  # its last good document stays
        return content == f"{self._saved.workbook['texts'][found['id']]}, edition {found['edition']}"

    def _of_editions(self, manifest: dict[str, Any]) -> Iterator[str]:
        numbers = [edition.number for edition in self._editions]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"its editions are {numbers}"
        recorded = self._record.edition if self._record else None
        if {manifest["edition"], recorded} != {max(numbers, default=None)}:
            yield f"edition.json says edition {manifest['edition']}, its account {recorded}, its editions {numbers}"
        if numbers:
            yield from self._of_documents(manifest, self._editions[-1])
        for edition in self._editions:
            yield from self._of_snapshots(edition)
        yield from self._of_order()

    def _of_documents(self, manifest: dict[str, Any], last: EditionRecord) -> Iterator[str]:
        published = {found["id"]: found["sha256"] for found in manifest["documents"] if found.get("file")}
        recorded = {document.id: document.sha256 for document in last.documents}
        if published != recorded:
            yield f"edition.json names documents {published}, the ledger {recorded}"

    def _of_snapshots(self, edition: EditionRecord) -> Iterator[str]:
        for document in edition.documents:
            try:
                self._snapshots.read(document.sha256)
            except WorkspaceError as error:
                yield f"edition {edition.number}: {error}"

    def _of_order(self) -> Iterator[str]:
        """Yield the editions that came of something nobody saved, or of an older save than the edition before."""
        order = {sha256: place for place, sha256 in reversed(list(enumerate(self._saved.hashes)))}
        for edition in self._editions:
            if edition.sha256 not in order and edition.sha256 not in self._saved.conflicts:
                yield f"edition {edition.number} came of bytes that nobody saved: {edition.sha256}"
        made = [edition for edition in self._editions if edition.sha256 in order]
        for before, edition in pairwise(made):
            if order[edition.sha256] < order[before.sha256]:
                yield f"edition {edition.number} came of an older save than edition {before.number}"
