"""Which documents stand in an account's folder after a submission: new ones, kept ones, and what is stale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from pipeline.model import Audience, Build, Document, Finding, Status
from pipeline.send.names import safe_file_name
from pipeline.send.publication import FOR_APPROVAL, INTERNAL, PlannedFile


class Kept(Protocol):
    """A document of the last edition, as the ledger knows it."""

    @property
    def id(self) -> str: ...  # noqa: D102 - named in the class
    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def file(self) -> str: ...  # noqa: D102
    @property
    def audience(self) -> Audience: ...  # noqa: D102
    @property
    def made_in(self) -> int: ...  # noqa: D102
    @property
    def workbook_sha256(self) -> str: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def findings(self) -> tuple[Finding, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class DocumentState:
    """One document as it stands after a submission; all but id, audience and status are None when it was never made.

    `path` is relative to the account's folder, `fresh` says that this submission rendered it, `findings` were made
    while it was drawn.
    """

    id: str
    audience: Audience
    status: Status
    path: str | None = None
    edition: int | None = None
    workbook_sha256: str | None = None
    sha256: str | None = None
    size: int | None = None
    key: str = ""
    fresh: bool = False
    findings: tuple[Finding, ...] = ()


def document_states(build: Build, kept: Mapping[str, Kept], number: int) -> tuple[DocumentState, ...]:
    """Return the documents after a build whose edition, if it makes one, has this number.

    A build without any document (its file could not be read) blocks those there were.
    """
    if not build.documents:
        return tuple(kept_state(document, Status.BLOCKED) for document in kept.values())
    return tuple(
        _with_own_paths(_state(build, document, kept.get(document.id), number) for document in build.documents)
    )


def _state(build: Build, document: Document, kept: Kept | None, number: int) -> DocumentState:
    if document.content is not None:
        return DocumentState(
            document.id, document.audience, document.status, _path(document), number, build.arrival_sha256,
            hashlib.sha256(document.content).hexdigest(), len(document.content), document.key, fresh=True,
            findings=document.findings,
        )  # fmt: skip
    if kept is not None:
        return kept_state(kept, document.status)
    return DocumentState(document.id, document.audience, Status.BLOCKED)


def kept_state(kept: Kept, status: Status) -> DocumentState:
    """Return a document of an earlier edition as it stands, with the status that it has now."""
    return DocumentState(
        kept.id, kept.audience, status, kept.file, kept.made_in, kept.workbook_sha256, kept.sha256, kept.size, kept.key,
        findings=kept.findings,
    )  # fmt: skip


def _path(document: Document) -> str:
    folder = FOR_APPROVAL if document.audience is Audience.CUSTOMER else INTERNAL
    return f"{folder}/{safe_file_name(document.file)}"


def _with_own_paths(states: Iterator[DocumentState]) -> Iterator[DocumentState]:
    """Yield the states with no two documents at one path, whatever their file names are made of."""
    taken: set[str] = set()
    for state in states:
        path = state.path
        if path is not None and path.casefold() in taken:
            pure = PurePosixPath(path)
            path = str(pure.with_name(f"{pure.stem} ({state.id}){pure.suffix}"))
        if path is not None:
            taken.add(path.casefold())
        yield replace(state, path=path)


def planned_files(states: tuple[DocumentState, ...]) -> Iterator[PlannedFile]:
    """Yield the files of the documents that were ever made."""
    for state in states:
        if state.path is not None and state.sha256 is not None:
            yield PlannedFile(state.id, state.path, state.sha256, state.edition, state.fresh)


def stale_paths(states: tuple[DocumentState, ...], kept: Mapping[str, Kept]) -> tuple[str, ...]:
    """Return the paths of the last edition that no document stands at any more."""
    standing = {state.path for state in states}
    return tuple(document.file for document in kept.values() if document.file not in standing)
