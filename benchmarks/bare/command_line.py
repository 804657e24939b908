"""The command line with bare Typer: the same commands, options and texts, and nothing behind them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

_SENTENCE = "Turn saved Excel account plans into a deck, a plan, a customer's PDF and a variance report."

WorkspaceFolder = Annotated[
    Path,
    typer.Option(
        "--workspace", "-w", metavar="DIR", envvar="PLANPRESS_WORKSPACE", show_default="here",
        help="The workspace: the folder that holds planpress.toml.",
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text, for other programs.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", metavar="DATE", formats=["%Y-%m-%d"],
        help="Judge plans by this day (YYYY-MM-DD) instead of the day on which each workbook was received.",
    ),
]  # fmt: skip
Workbooks = Annotated[
    list[Path] | None,
    typer.Argument(metavar="WORKBOOK", help="Paths of workbooks; none means the whole inbox.", show_default=False),
]
HERE = Path()

app = typer.Typer(
    name="planpress",
    help=_SENTENCE,
    epilog="Begin with `planpress init DIR`, save a workbook into its inbox, and run `planpress build` there.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(help=_SENTENCE)
def entrance(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo("planpress")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder; it must be empty or not exist yet.")],
    as_json: AsJson = False,
) -> None:
    """Make a new workspace with the starter sets.

    They are a workbook template, rules, output templates, a brand and settings, all meant to be changed.
    """
    _do(folder, as_json)


@app.command()
def template(  # noqa: PLR0913, PLR0917 - as many as the command has options
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
    _do(name, output, tier, language, account, account_name, workspace, as_json)


@app.command()
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
    _do(workbooks, templates, as_of, workspace, as_json)


@app.command()
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
    _do(workbooks, as_of, force, jobs, workspace, as_json)


@app.command()
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
    _do(source, document, output, as_of, workspace, as_json)


@app.command()
def watch(
    once: Annotated[
        bool, typer.Option("--once", help="Build what is new or changed, then end: for a timer such as cron.")
    ] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Log lines of JSON on a terminal, too; with --once, print the report as JSON."),
    ] = False,
) -> None:
    """Build whatever was saved, then stay and build each workbook as it is saved.

    Shows what happens on a terminal, else logs each event as a line of JSON on standard error. SIGTERM and Ctrl+C end
    it when what is being built is finished, a second Ctrl+C at once; nothing is lost either way.
    """
    _do(once, workspace, as_json)


@app.command()
def status(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """Show every account's edition, documents and findings, and what the watcher does."""
    _do(workspace, as_json)


@app.command()
def explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    measure: Annotated[
        str | None,
        typer.Argument(metavar="MEASURE", help="A measure by its id; without one all are listed.", show_default=False),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show where a number comes from, down to the cells.

    Prints its value, formula and rows, and the same of every measure it is computed from. Without a measure, lists
    those the account has, with their values.
    """
    _do(account, measure, workspace, as_json)


@app.command()
def history(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show who saved what when: every edition of an account, the newest first."""
    _do(account, workspace, as_json)


@app.command()
def diff(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    before: Annotated[
        int | None,
        typer.Argument(metavar="A", help="An edition; without any, the last but one.", show_default=False),
    ] = None,
    after: Annotated[
        int | None,
        typer.Argument(metavar="B", help="The edition to compare it with; without, the last one.", show_default=False),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two editions: rows that came and went, cells, numbers.

    Rows are matched by their key, such as the No., wherever they stand.
    """
    _do(account, before, after, workspace, as_json)


@app.command()
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
    _do(account, edition, workbook, workspace, as_json)


@app.command()
def retire(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account's id or the beginning of its name.")],
    undo: Annotated[bool, typer.Option("--undo", help="Let the account go on.")] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """End an account: its documents and history stay, and nothing new is made of its workbook."""
    _do(account, undo, workspace, as_json)


@app.command()
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
    _do(person, dry_run, workspace, as_json)


@app.command()
def doctor(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """Look whether all that planpress needs is there.

    Fonts, libraries, folders, ledger and definitions; exits with 1 when something must be done.
    """
    _do(workspace, as_json)


def _do(*arguments: object) -> None:
    typer.echo(f"{len(arguments)} arguments are understood, and nothing follows.")


if __name__ == "__main__":
    app()
