"""Which workbook speaks for an account when several carry its id."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.model import Finding, Severity
from pipeline.sentences import sentence


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who may be built: `owners` is the file by account id, `findings` what the others, and the owners, are told."""

    owners: Mapping[str, str]
    findings: Mapping[str, tuple[Finding, ...]]


def decide(claimed: Mapping[str, str], known: Mapping[str, str], present: Collection[str]) -> Ownership:
    """Return who owns what.

    `claimed` is the account id by file, as the workbooks say, `known` the file by account id, as the ledger says,
    `present` the files that lie in the inbox. The ledger's file keeps its account while it is there and still carries
    its id; a moved file takes it along; of several new ones none gets it.
    """
    owners: dict[str, str] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    for account_id in dict.fromkeys(claimed.values()):
        files = sorted(file for file, claim in claimed.items() if claim == account_id)
        owner = _owner(account_id, files, claimed, known, present)
        if owner is not None:
            owners[account_id] = owner
        findings |= _told(account_id, sorted({*files, *([owner] if owner else [])}), owner)
    return Ownership(owners, findings)


def _told(account_id: str, group: list[str], owner: str | None) -> dict[str, tuple[Finding, ...]]:
    """Return what each of several files of one account is told: the owner about all others, those about the owner."""
    told = {}
    for file in group:
        others = [other for other in group if other != file] if owner is None or owner == file else [owner]
        if others:
            told[file] = tuple(_finding(account_id, file, other, owner) for other in others)
    return told


def _owner(
    account_id: str,
    files: list[str],
    claimed: Mapping[str, str],
    known: Mapping[str, str],
    present: Collection[str],
) -> str | None:
    keeper = known.get(account_id)
    if keeper is not None and keeper in present and claimed.get(keeper, account_id) == account_id:
        return keeper
    return files[0] if len(files) == 1 else None


def _finding(account_id: str, file: str, other: str, owner: str | None) -> Finding:
    if owner is None:
        message = sentence("file-claims-new-account", account=account_id, other=other)
        return Finding("file-claims-new-account", Severity.ERROR, message)
    if owner == file:
        message = sentence("file-shares-account", account=account_id, other=other)
        return Finding("file-shares-account", Severity.WARNING, message)
    message = sentence("file-claimed-twice", account=account_id, other=other)
    return Finding("file-claimed-twice", Severity.ERROR, message)
