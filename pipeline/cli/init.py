"""`planpress init`."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import AsJson


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder; it must be empty or not exist yet.")],
    as_json: AsJson = False,
) -> None:
    """Make a new workspace with the starter sets.

    They are a workbook template, rules, output templates, a brand and settings, all meant to be changed.
    """
    from pipeline.cli.printing import print_json
    from pipeline.service.starter import create_workspace

    templates = create_workspace(folder)
    if as_json:
        print_json({"workspace": str(folder.resolve()), "templates": templates})
        return
    typer.echo(f"The workspace {folder} is ready. What to do next:")
    typer.echo(f"  cd {folder}")
    for template in templates:
        typer.echo(f"  planpress template {template} -o inbox/NAME.xlsx   a blank workbook to fill in")
    typer.echo("  planpress build   when workbooks are in the inbox")
