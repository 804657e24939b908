"""Doing nothing where nothing changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.definitions.load import OUTPUTS, RULES, TEMPLATES
from pipeline.model import Calendar, Finding, Status
from pipeline.send.outbox import Outbox
from pipeline.send.publication import Publication
from pipeline.service.report import FileResult
from pipeline.settings import Settings
from pipeline.store.records import PublicationRecord

DEFINITIONS = (TEMPLATES, RULES, OUTPUTS)
WITHOUT_EFFECT = {"jobs", "limits", "inbox", "outbox", "ledger"}
"""Settings that no document depends on."""


def definitions_hash(root: Path) -> str:
    """Return the hash of all files that define what is built, without understanding them."""
    digest = hashlib.sha256()
    for folder in DEFINITIONS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file():
                digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


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
