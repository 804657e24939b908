"""`planpress preview`."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import HERE, AsJson, AsOf, WorkspaceFolder


def preview(
    source: Annotated[
        str,
        typer.Argument(metavar="ACCOUNT|WORKBOOK", help="An account's id, the beginning of its name, or a workbook."),
    ],
    document: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The document, by its id in documents.yaml.", show_default="the first"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write it, a file or a folder.",
            show_default="NAME (preview) here",
        ),
    ] = None,
    as_of: AsOf = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Make one document into a file to look at; nothing is published."""
    from pipeline.cli.opening import clock_of, open_workspace
    from pipeline.cli.printing import console, findings_table, plain, print_json, progress
    from pipeline.service.inspect import preview as make_preview
    from pipeline.service.inspect import preview_target
    from pipeline.service.load import load_builder
    from pipeline.service.paths import save

    opened = open_workspace(workspace, as_of)
    with progress("Drawing", quiet=as_json):
        made = make_preview(opened, source, document, load_builder, clock_of(opened))
    drawn = next((found for found in made.build.documents if found.content is not None), None)
    if drawn is None or drawn.content is None:
        if as_json:
            print_json({"file": None, "findings": made.findings})
        else:
            console().print(findings_table(made.findings, title=f"{plain(made.file)}: nothing can be drawn"))
        raise typer.Exit(3 if made.reference else 1)
    target = preview_target(opened, drawn, output)
    save(target, drawn.content)
    if as_json:
        print_json({"file": str(target), "document": drawn.id, "status": drawn.status, "findings": made.findings})
    else:
        typer.echo(f"{target} is ready to be looked at.")
