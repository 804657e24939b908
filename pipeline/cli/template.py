"""`planpress template`."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import HERE, AsJson, WorkspaceFolder


def template(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A workbook template, a folder of workbook_templates/.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The workbook to write (.xlsx).")],
    tier: Annotated[
        str | None,
        typer.Option(metavar="TIER", help="Show the sheets of this tier; the others are in the file, hidden."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="LANGUAGE", help="Language of the labels, such as en or de.")
    ] = None,
    account: Annotated[str | None, typer.Option(metavar="ID", help="Fill in the account's id.")] = None,
    account_name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Fill in its name.")] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write a blank workbook for an account manager to fill in."""
    from pipeline.cli.opening import open_workspace
    from pipeline.cli.printing import print_json
    from pipeline.errors import UsageError
    from pipeline.service.blank import Wanted, blank
    from pipeline.service.paths import save

    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{output} must end in .xlsx.")
    if output.exists():
        raise UsageError(f"{output} exists already. Name another file: nothing that is filled in gets lost.")
    opened = open_workspace(workspace)
    content = blank(opened, Wanted(name, tier, language, account, account_name))
    save(output, content)
    if as_json:
        print_json({"file": str(output), "bytes": len(content)})
    elif opened.inbox in output.resolve().parents:
        typer.echo(f"{output} is ready to be filled in. It lies in the inbox: save it, and `planpress build` takes it.")
    else:
        typer.echo(f"{output} is ready to be filled in. Save it into the inbox when it is.")
