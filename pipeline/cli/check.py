"""`planpress check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.options import HERE, AsJson, AsOf, Workbooks, WorkspaceFolder

if TYPE_CHECKING:
    from pipeline.service.inspect import Checked


def check(
    workbooks: Workbooks = None,
    templates: Annotated[
        bool, typer.Option("--templates", help="Check definitions and output templates only, no workbook.")
    ] = False,
    as_of: AsOf = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """List what is wrong or missing in workbooks.

    Nothing is made or published. Mistakes in workbook templates, rules and output templates are listed with file and
    line, and end with exit 2.
    """
    from pipeline.cli.opening import clock_of, open_workspace
    from pipeline.cli.printing import print_json, progress
    from pipeline.service.inspect import check_definitions, check_workbooks
    from pipeline.service.load import load_builder

    opened = open_workspace(workspace, as_of)
    if templates:
        check_definitions(opened, load_builder)
        _print_fine(as_json=as_json)
        return
    with progress("Checking", quiet=as_json) as advance:
        checked = check_workbooks(opened, workbooks or (), load_builder, clock_of(opened), advance)
    if as_json:
        print_json({"files": [_as_json(one) for one in checked]})
    else:
        _print(checked)
    raise typer.Exit(_exit_code(checked))


def _print_fine(*, as_json: bool) -> None:
    from pipeline.cli.printing import print_json

    if as_json:
        print_json({"mistakes": []})
    else:
        typer.echo("Workbook templates, rules and output templates are fine.")


def _exit_code(checked: tuple[Checked, ...]) -> int:
    if any(one.reference for one in checked):
        return 3
    return 1 if any(one.is_stopped for one in checked) else 0


def _as_json(one: Checked) -> dict[str, Any]:
    return {"file": one.file, "account": one.account, "stopped": one.is_stopped, "findings": one.findings}


def _print(checked: tuple[Checked, ...]) -> None:
    from pipeline.cli.printing import console, findings_table, plain

    terminal = console()
    if not checked:
        terminal.print("There is no workbook in the inbox.")
    for one in checked:
        if one.findings:
            terminal.print(findings_table(one.findings, title=plain(one.file)))
        else:
            terminal.print(f"{plain(one.file)}: nothing to correct and nothing missing.")
