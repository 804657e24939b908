"""`planpress status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.service.heartbeat import Heartbeat
    from pipeline.settings import Workspace
    from pipeline.store.queries import FolderState


COLUMNS = ("Account", "Status", "Edition", "As of", "Complete", "Documents", "Findings", "Workbook")
SHOWN = 10
"""Held files that are listed; what is more is counted."""


def status(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """Show every account's edition, documents and findings, and what the watcher does."""
    from pipeline.cli.opening import clock_of, open_workspace
    from pipeline.cli.printing import print_json
    from pipeline.service.heartbeat import read_heartbeat
    from pipeline.store.queries import Queries

    opened = open_workspace(workspace)
    with Queries(opened.ledger_url) as queries:
        states = queries.folders()
    present, gone = _inbox(opened)
    known = {state.file for state in states}
    unbuilt = [file for file in present or () if file not in known]
    beat, now = read_heartbeat(opened.heartbeat), clock_of(opened)()
    if as_json:
        watcher = None if beat is None else _watcher_as_json(beat, now)
        accounts = [_as_json(state, present) for state in states]
        print_json({"accounts": accounts, "not_built": unbuilt, "inbox": gone, "watcher": watcher})
    else:
        _print(states, unbuilt, present)
        _print_notes(gone, beat, now)


def _inbox(workspace: Workspace) -> tuple[list[str] | None, str | None]:
    """Return the workbooks in the inbox, or None and why it cannot be looked into."""
    from pipeline.collect.scan import scan
    from pipeline.errors import InboxGone

    try:
        return sorted(scan(workspace.inbox)), None
    except InboxGone as error:
        return None, str(error)


def _as_json(state: FolderState, present: Collection[str] | None) -> dict[str, Any]:
    told = state.manifest or {"edition": None, "status": "blocked", "documents": [], "as_of": None}
    return {
        "account": {"id": state.account_id, "name": state.account_name} if state.account_id else None,
        "file": state.file,
        "in_inbox": None if present is None else state.file in present,
        "received": state.received.isoformat(),
        "retired_at": state.retired_at.isoformat() if state.retired_at else None,
        "edition": told["edition"],
        "status": told["status"],
        "as_of": told["as_of"],
        "completeness": told.get("completeness"),
        "documents": told["documents"],
        "findings": state.notice["findings"],
    }


def _print(states: tuple[FolderState, ...], unbuilt: list[str], present: Collection[str] | None) -> None:
    from pipeline.cli.printing import console, plain, print_rows

    terminal = console()
    if not states and not unbuilt:
        if present is not None:
            terminal.print("The inbox is empty, and nothing has been built yet.")
        return
    rows = [_cells(state, is_gone=present is not None and state.file not in present) for state in states]
    rows += [["[dim]–[/]", "[yellow]not built[/]", "–", "–", "–", "–", "–", plain(file)] for file in unbuilt]
    print_rows(terminal, COLUMNS, rows, spare=("As of", "Workbook"))
    for state in states:
        if state.retired_at is None and (error := _first_error(state)) is not None:
            terminal.print(f"[red]Stopped: {plain(state.file)}: {plain(error)}[/]", soft_wrap=True)


def _first_error(state: FolderState) -> str | None:
    """Return the first of the sentences that say why documents are not made; the to-do list holds all of them."""
    errors = (finding["message"] for finding in state.notice["findings"] if finding["severity"] == "error")
    return next(errors, None)


def _print_notes(gone: str | None, beat: Heartbeat | None, now: datetime) -> None:
    from pipeline.cli.printing import console, plain

    terminal = console()
    notes = [f"[red]{plain(gone)}[/]"] if gone else []
    notes += _watcher(beat, now) if beat else ()
    for note in notes:
        terminal.print(note, soft_wrap=True)


def _cells(state: FolderState, *, is_gone: bool) -> list[str]:
    from pipeline.cli.printing import counted_documents, counted_findings, plain, styled_status

    told, found = state.manifest, Counter(finding["severity"] for finding in state.notice["findings"])
    is_missed = is_gone and state.retired_at is None
    workbook = f"{plain(state.file)} [yellow](no longer in the inbox)[/]" if is_missed else plain(state.file)
    if told is None:
        return ["[dim]–[/]", styled_status("blocked"), "–", "–", "–", "–", counted_findings(found), workbook]
    complete = told["completeness"]
    retired = f" [dim]retired {state.retired_at:%Y-%m-%d}[/]" if state.retired_at else ""
    return [
        f"{plain(state.account_name)} [dim]({plain(state.account_id)})[/]{retired}",
        styled_status(told["status"]),
        str(told["edition"] or "–"),
        told["as_of"],
        "–" if complete is None else f"{int(complete * 100)}%",  # 99.9 % is not complete
        counted_documents(told["documents"]),
        counted_findings(found),
        workbook,
    ]


# The watcher --------------------------------------------------------------------------------------------------------


def _watcher_as_json(beat: Heartbeat, now: datetime) -> dict[str, Any]:
    state = beat.state
    return {
        "running": beat.is_alive,
        "stuck": beat.is_alive and beat.is_silent(now),
        "stopping": state.stopping,
        "process": beat.process,
        "since": state.since.isoformat() if state.since else None,
        "last_sign": beat.at.isoformat(),
        "oldest_unbuilt": state.oldest.isoformat() if state.oldest else None,
        "building": sorted(state.building),
        "waiting": sorted(state.waiting),
        "held": dict(state.held),
        "troubles": dict(state.troubles),
        "counts": dict(state.counts),
    }


def _watcher(beat: Heartbeat, now: datetime) -> Iterator[str]:
    """Yield what the watcher does and what is wrong with it, a line each."""
    state = beat.state
    last = f"{beat.at.astimezone(now.tzinfo):%Y-%m-%d %H:%M:%S}"
    if not beat.is_alive:
        yield (
            f"[dim]No watcher runs since {last}.[/]"
            if state.stopping
            else f"[yellow]The watcher ended unexpectedly after {last}. `planpress watch` goes on where it stopped.[/]"
        )
        return
    if beat.is_silent(now):
        yield f"[red]The watcher (process {beat.process}) has given no sign of life since {last}. Start it again.[/]"
    yield _work(beat, now)
    yield from _held(beat)
    yield from _troubles(beat)


def _work(beat: Heartbeat, now: datetime) -> str:
    state = beat.state
    since = f" since {state.since.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if state.since else ""
    parts = [f"{len(state.building)} being built", f"{len(state.waiting)} waiting"]
    if state.oldest:
        parts.append(f"the oldest saved at {state.oldest.astimezone(now.tzinfo):%H:%M:%S}")
    word = "Stopping; watching" if state.stopping else "Watching"
    return f"{word}{since} (process {beat.process}): {', '.join(parts)}."


def _held(beat: Heartbeat) -> Iterator[str]:
    from pipeline.cli.printing import plain

    held = sorted(beat.state.held.items())
    for file, why in held[:SHOWN]:
        yield f"[yellow]Held: {plain(file)}: {plain(why)}[/]"
    if len(held) > SHOWN:
        yield f"[yellow]and {len(held) - SHOWN} more.[/]"


def _troubles(beat: Heartbeat) -> Iterator[str]:
    from pipeline.cli.printing import plain

    for words in beat.state.troubles.values():
        yield f"[red]Trouble: {plain(words)}[/]"
