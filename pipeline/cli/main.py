"""`planpress`: the commands, and what happens when one of them cannot go on."""

from __future__ import annotations

import sys
import traceback
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli import (
    build,
    check,
    diff,
    doctor,
    erase,
    explain,
    history,
    init,
    preview,
    restore,
    retire,
    status,
    template,
    watch,
)
from pipeline.errors import BuildFailed, DefinitionError, PlanpressError, RenderError

WRONG_USAGE, OUR_FAILURE = 2, 3

app = typer.Typer(
    name="planpress",
    help="Turn saved Excel account plans into a deck, a plan, a customer's PDF and a variance report.",
    epilog="Begin with `planpress init DIR`, save a workbook into its inbox, and run `planpress build` there.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"planpress {__version__}")
        raise typer.Exit


@app.callback()
def entrance(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Turn saved Excel account plans into a deck, a plan, a customer's PDF and a variance report."""


app.command("init")(init.init)
app.command("template")(template.template)
app.command("check")(check.check)
app.command("build")(build.build)
app.command("preview")(preview.preview)
app.command("watch")(watch.watch)
app.command("status")(status.status)
app.command("explain")(explain.explain)
app.command("history")(history.history)
app.command("diff")(diff.diff)
app.command("restore")(restore.restore)
app.command("retire")(retire.retire)
app.command("erase")(erase.erase)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command line: exit 0 done, 1 findings stopped something, 2 wrong usage or settings, 3 our failure."""
    _print_what_can_be_printed()
    try:
        app()
    except (BuildFailed, RenderError) as failure:
        _stumble(getattr(failure, "trace", str(failure)))
    except PlanpressError as error:
        _refuse(error)
    except Exception:  # noqa: BLE001 - the last door: nobody is shown a traceback
        _stumble(traceback.format_exc())


def _print_what_can_be_printed() -> None:
    """Let a terminal that lacks a letter show a question mark: names come in any script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _refuse(error: PlanpressError) -> None:
    messages = [str(fault) for fault in error.faults] if isinstance(error, DefinitionError) else [str(error)]
    if "--json" in sys.argv:
        from pipeline.cli.printing import print_json

        print_json({"error": type(error).__name__, "messages": messages})
    elif isinstance(error, DefinitionError):
        count = len(messages)
        _say(f"{count} mistake{'' if count == 1 else 's'} in the definitions:\n" + "\n".join(messages))
    else:
        _say(messages[0])
    sys.exit(WRONG_USAGE)


def _stumble(trace: str) -> None:
    """Leave with a reference to the log instead of a traceback."""
    from tempfile import gettempdir

    from pipeline.settings import SETTINGS_FILE, STATE_FOLDER, record_failure

    root = next((folder for folder in _named_folders() if (folder / SETTINGS_FILE).is_file()), None)
    folder = root / STATE_FOLDER / "log" if root else Path(gettempdir())
    try:
        reference = record_failure(folder, trace)
    except OSError:
        reference = record_failure(folder := Path(gettempdir()), trace)
    message = f"planpress itself failed. Please report {reference}; the details are in {folder / reference}.log."
    if "--json" in sys.argv:
        from pipeline.cli.printing import print_json

        print_json({"error": "failure", "messages": [message], "reference": reference})
    else:
        _say(message)
    sys.exit(OUR_FAILURE)


def _named_folders() -> list[Path]:
    """Return where the workspace may be: what follows --workspace, then here."""
    words = sys.argv[1:]
    named = [words[place + 1] for place, word in enumerate(words[:-1]) if word in ("--workspace", "-w")]
    named += [word.partition("=")[2] for word in words if word.startswith("--workspace=")]
    return [*(Path(name) for name in named), Path.cwd()]


def _say(message: str) -> None:
    typer.secho("Error: ", fg="red", bold=True, nl=False, err=True)
    typer.echo(message, err=True)


if __name__ == "__main__":
    main()
