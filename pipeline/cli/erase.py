"""`planpress erase`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder

if TYPE_CHECKING:
    from pipeline.service.erase import Erasure

SHOWN = 20
"""Files of a kind that are listed; what is more is counted."""


def erase(
    person: Annotated[
        list[str],
        typer.Argument(metavar="PERSON", help="Every name and e-mail address of one person, each in quotes."),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report what would be found.")] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Take a person out of the ledger and away with every snapshot that names them.

    What stands for workbooks in the inbox stays and is listed: take the person out of the workbook, save and build it,
    then erase once more. Exits with 1 while something is left to do.
    """
    from pipeline.cli.opening import open_workspace
    from pipeline.cli.printing import print_json, progress
    from pipeline.service.erase import erase
    from pipeline.service.load import load_builder
    from pipeline.store.person import Person

    wanted, opened = Person.of(person), open_workspace(workspace)
    with progress("Searching", quiet=as_json) as advance:
        found = erase(opened, wanted, load_builder, advance, is_trial=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, **asdict(found)})
    else:
        _print(found, dry_run=dry_run)
    raise typer.Exit(found.exit_code)


def _print(found: Erasure, *, dry_run: bool) -> None:
    from pipeline.cli.printing import console

    terminal = console()
    gone = "would be taken away" if dry_run else "taken away"
    lines = ", ".join(f"{kind} {count}" for kind, count in found.lines.items()) or "nothing"
    terminal.print(f"Ledger, {gone}: {lines}.", soft_wrap=True)
    for title, files in (
        (f"Snapshots, {gone}", found.snapshots),
        (f"Logs, {gone}", found.logs),
        ("Still there, for you to change or delete", found.standing),
        ("Could not be looked into", found.unsearched),
    ):
        for line in _listed(title, files):
            terminal.print(line, soft_wrap=True)


def _listed(title: str, files: tuple[str, ...]) -> list[str]:
    from pipeline.cli.printing import plain

    more = [f"  and {len(files) - SHOWN} more; --json lists all"] if len(files) > SHOWN else []
    return [f"{title}: {len(files) or 'none'}", *(f"  {plain(file)}" for file in files[:SHOWN]), *more]
