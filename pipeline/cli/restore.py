"""`planpress restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder

if TYPE_CHECKING:
    from pipeline.settings import Workspace


def restore(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    edition: Annotated[int, typer.Argument(metavar="EDITION", min=1, help="The edition, as `history` lists them.")],
    workbook: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the workbook of that edition into a file instead; nothing is published."
        ),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Publish the documents of an earlier edition again, as the next edition.

    They stand until the workbook is saved the next time. The workbook itself is never written to.
    """
    from pipeline.cli.opening import open_workspace
    from pipeline.service.restore import find_account

    opened = open_workspace(workspace)
    account_id = find_account(opened, account)
    if workbook is not None:
        _save(opened, account_id, edition, workbook, as_json=as_json)
    else:
        _publish(opened, account_id, edition, as_json=as_json)


def _save(workspace: Workspace, account_id: str, number: int, file: Path, *, as_json: bool) -> None:
    from pipeline.cli.printing import console, plain, print_json
    from pipeline.service.restore import save_workbook

    edition = save_workbook(workspace, account_id, number, file)
    if as_json:
        print_json({"account": account_id, "edition": number, "file": str(file), "sha256": edition.sha256})
    else:
        console().print(f"Wrote {plain(edition.file)} as it was in edition {number} to {plain(file)}.", soft_wrap=True)


def _publish(workspace: Workspace, account_id: str, number: int, *, as_json: bool) -> None:
    from pipeline.cli.opening import clock_of
    from pipeline.cli.printing import console, plain, print_json
    from pipeline.service.restore import restore

    restored = restore(workspace, account_id, number, clock_of(workspace))
    if as_json:
        told = {"restored": restored.before, "edition": restored.number, "published": restored.is_published}
        print_json({"account": account_id, **told})
        return
    told_of = f"Edition {restored.before} of {plain(account_id)} stands again, as edition {restored.number}."
    waits = "" if restored.is_published else " Whoever works in this workspace now publishes it next."
    console().print(f"{told_of}{waits}", soft_wrap=True)
