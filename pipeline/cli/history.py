"""`planpress history`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from pipeline.service.restore import Past

COLUMNS = ("Edition", "Published", "Why", "Saved by", "Saved", "As of", "Status", "New documents", "Kept", "Workbook")


def history(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show who saved what when: every edition of an account, the newest first."""
    from pipeline.cli.opening import open_workspace
    from pipeline.cli.printing import console, print_json, print_rows
    from pipeline.service.restore import past_editions

    opened = open_workspace(workspace)
    account_id, editions = past_editions(opened, account)
    if as_json:
        print_json({"account": account_id, "editions": [_as_json(past) for past in editions]})
    elif not editions:
        console().print(f"{account_id} has no edition yet.")
    else:
        zone = opened.settings.zone
        spare = ("Workbook", "As of", "Status", "Kept")
        print_rows(console(), COLUMNS, [_cells(past, zone) for past in editions], spare=spare)


def _as_json(past: Past) -> dict[str, Any]:
    edition = past.edition
    return {
        "edition": edition.number,
        "status": edition.status,
        "as_of": edition.as_of.isoformat(),
        "published": edition.published_at.isoformat(),
        "why": past.why,
        "restored_from": edition.restored_from,
        "workbook": {
            "file": edition.file,
            "sha256": edition.sha256,
            "received": edition.received.isoformat(),
            "saved_by": edition.saved_by,
            "saved_at": edition.saved_at.isoformat() if edition.saved_at else None,
        },
        "documents": [
            {"id": document.id, "file": document.file, "sha256": document.sha256, "edition": document.made_in}
            for document in edition.documents
        ],
        "kept": past.is_kept,
    }


def _cells(past: Past, zone: tzinfo) -> list[str]:
    from pipeline.cli.printing import plain, styled_status

    edition = past.edition
    new = [document.id for document in edition.documents if document.made_in == edition.number]
    return [
        str(edition.number),
        _moment(edition.published_at, zone),
        f"edition {edition.restored_from} restored" if edition.restored_from else past.why,
        plain(edition.saved_by or "–"),
        _moment(edition.saved_at or edition.received, zone),
        edition.as_of.isoformat(),
        styled_status(edition.status),
        plain(", ".join(new)) or "–",
        "yes" if past.is_kept else "[dim]no longer[/]",
        plain(edition.file),
    ]


def _moment(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
