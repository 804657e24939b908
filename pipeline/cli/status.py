"""`planpress status`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder

if TYPE_CHECKING:
    from pipeline.store.queries import FolderState


COLUMNS = ("Account", "Status", "Edition", "As of", "Complete", "Documents", "Findings", "Workbook")


def status(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """Show every account's edition, documents and findings."""
    from pipeline.cli.opening import open_workspace
    from pipeline.cli.printing import print_json
    from pipeline.collect.claim import inbox_files
    from pipeline.store.queries import Queries

    opened = open_workspace(workspace)
    opened.check_inbox()
    with Queries(opened.ledger_url) as queries:
        states = queries.folders()
    known = {state.file for state in states}
    unbuilt = [file for file in inbox_files(opened.inbox) if file not in known]
    if as_json:
        print_json({"accounts": [_as_json(state) for state in states], "not_built": unbuilt})
    else:
        _print(states, unbuilt)


def _as_json(state: FolderState) -> dict[str, Any]:
    told = state.manifest or {"edition": None, "status": "blocked", "documents": [], "as_of": None}
    return {
        "account": {"id": state.account_id, "name": state.account_name} if state.account_id else None,
        "file": state.file,
        "received": state.received.isoformat(),
        "edition": told["edition"],
        "status": told["status"],
        "as_of": told["as_of"],
        "completeness": told.get("completeness"),
        "documents": told["documents"],
        "findings": state.notice["findings"],
    }


def _print(states: tuple[FolderState, ...], unbuilt: list[str]) -> None:
    from pipeline.cli.printing import console, plain, print_rows

    terminal = console()
    if not states and not unbuilt:
        terminal.print("The inbox is empty, and nothing has been built yet.")
        return
    rows = [_cells(state) for state in states]
    rows += [["[dim]–[/]", "[yellow]not built[/]", "–", "–", "–", "–", "–", plain(file)] for file in unbuilt]
    print_rows(terminal, COLUMNS, rows, spare=("As of", "Workbook"))


def _cells(state: FolderState) -> list[str]:
    from pipeline.cli.printing import counted_documents, counted_findings, plain, styled_status

    told, found = state.manifest, Counter(finding["severity"] for finding in state.notice["findings"])
    if told is None:
        return ["[dim]–[/]", styled_status("blocked"), "–", "–", "–", "–", counted_findings(found), plain(state.file)]
    complete = told["completeness"]
    return [
        f"{plain(state.account_name)} [dim]({plain(state.account_id)})[/]",
        styled_status(told["status"]),
        str(told["edition"] or "–"),
        told["as_of"],
        "–" if complete is None else f"{int(complete * 100)}%",  # 99.9 % is not complete
        counted_documents(told["documents"]),
        counted_findings(found),
        plain(state.file),
    ]
