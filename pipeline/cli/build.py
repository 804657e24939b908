"""`planpress build`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import HERE, AsJson, AsOf, Workbooks, WorkspaceFolder

if TYPE_CHECKING:
    from pipeline.service.report import BuildReport, FileResult
    from pipeline.settings import Workspace


def build(
    workbooks: Workbooks = None,
    as_of: AsOf = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make every document again, also where nothing changed.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, max=64, metavar="N", help="Workbooks built at the same time.", show_default="settings"),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Build documents from the inbox and publish them in the outbox.

    Exits with 1 when findings stopped a document: each is named in the account's to-do.html.
    """
    from pipeline.cli.opening import clock_of, open_workspace
    from pipeline.cli.printing import print_json, progress
    from pipeline.service.handover import Request
    from pipeline.service.inbox import build_inbox
    from pipeline.service.load import load_builder
    from pipeline.service.paths import in_inbox

    opened = open_workspace(workspace, as_of, jobs)
    request = Request(in_inbox(opened, workbooks) if workbooks else None, force, opened.settings.as_of)
    with progress("Building", quiet=as_json) as advance:
        report = build_inbox(opened, request, load_builder, clock_of(opened), advance)
    if as_json:
        print_json(report.to_json())
    else:
        print_report(report, opened)
    raise typer.Exit(report.exit_code)


def print_report(report: BuildReport, workspace: Workspace) -> None:
    """Print what came of each file as a table, and what is to be known beside it."""
    from pipeline.cli.printing import console, counted_documents, counted_findings, plain, print_rows, styled_status

    terminal = console()
    if not report.results:
        terminal.print(f"There is no workbook in {plain(workspace.inbox)}.")
        return
    rows = [
        (
            _account(result), styled_status(result.status), str(result.edition or "–"),
            counted_documents(result.documents), counted_findings(result.counts),
        )
        for result in report.results
    ]  # fmt: skip
    print_rows(terminal, ("Account", "Status", "Edition", "Documents", "Findings"), rows)
    for line in _closing(report, workspace):
        terminal.print(line, soft_wrap=True)


def _account(result: FileResult) -> str:
    from pipeline.cli.printing import plain

    if result.account_id is None or result.account_name is None:
        return f"[dim]{plain(result.file)}[/]"
    return f"{plain(result.account_name)} [dim]({plain(result.account_id)})[/]"


def _closing(report: BuildReport, workspace: Workspace) -> list[str]:
    from pipeline.cli.printing import plain

    lines = []
    unchanged = sum(result.state == "unchanged" for result in report.results)
    if unchanged:
        lines.append(f"{unchanged} of {len(report.results)} had not changed since the last build.")
    if report.recovered:
        lines.append(f"Finished what an earlier build could not publish: {report.recovered}.")
    lines.extend(
        f"[red]{plain(result.file)} failed in planpress itself; reference {result.reference}.[/]"
        for result in report.results
        if result.reference
    )
    if any(result.is_stopped for result in report.results):
        lines.append("What is blocked is explained in the to-do.html beside the documents.")
    lines.append(f"Outbox: {plain(workspace.outbox)}")
    return lines
