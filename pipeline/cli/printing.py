"""What commands print: tables and progress for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unicodedata import category

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH_WITHOUT_TERMINAL = 140
WIDER_THAN_ANY_TABLE = 10_000
STATUS_WORDS = {
    "final": "final",
    "for_approval": "for approval",
    "draft": "draft",
    "waiting": "waiting",
    "blocked": "blocked",
}
STATUS_STYLES = {"final": "green", "for_approval": "green", "draft": "yellow", "waiting": "yellow", "blocked": "red"}
SEVERITY_WORDS = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "prompt": ("missing", "missing")}
SEVERITY_STYLES = {"error": "red", "warning": "yellow", "prompt": "cyan"}


def print_json(content: Any) -> None:
    """Print one JSON document; where the output cannot hold all letters, with escapes for those beyond ASCII."""
    holds_all = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    typer.echo(json.dumps(content, ensure_ascii=not holds_all, indent=1, default=str))


def console(*, err: bool = False) -> Console:
    """Return the terminal, wide enough for tables where the output goes into a file."""
    from rich.console import Console

    terminal = Console(stderr=err, highlight=False)
    return terminal if terminal.is_terminal else Console(stderr=err, highlight=False, width=WIDTH_WITHOUT_TERMINAL)


def table(*columns: str, title: str | None = None, header: bool = True) -> Table:
    """Return an empty table with these columns; without `header` their names are not printed."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, show_header=header)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def print_rows(
    terminal: Console, columns: Sequence[str], rows: Sequence[Sequence[str]], *, spare: Sequence[str] = ()
) -> None:
    """Print rows under columns; a narrow terminal goes without those of `spare`, a narrower one gets a line a value."""
    for count in range(len(spare) + 1):
        shown = [column for column in columns if column not in spare[:count]]
        made = table(*shown)
        for row in rows:
            made.add_row(*(cell for column, cell in zip(columns, row, strict=True) if column in shown))
        unbroken = terminal.measure(made, options=terminal.options.update(width=WIDER_THAN_ANY_TABLE)).minimum
        if unbroken <= terminal.width:
            terminal.print(made)
            return
    _print_lines(terminal, columns, rows)


def _print_lines(terminal: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for first, *others in rows:
        terminal.print(first)
        for column, cell in zip(columns[1:], others, strict=True):
            terminal.print(f"  {column}: {cell}")


def plain(text: object) -> str:
    """Return text from a workbook so that no part of it is taken for markup or control of the terminal."""
    from rich.markup import escape

    return escape("".join(character if _is_harmless(character) else "�" for character in str(text)))


def _is_harmless(character: str) -> bool:
    """Return whether a character prints, spaces of all widths among them, and moves nothing on the terminal."""
    return character.isprintable() or character == "\n" or category(character) == "Zs"


def styled_status(status: str) -> str:
    """Return a status in its word and colour."""
    return f"[{STATUS_STYLES.get(status, 'white')}]{STATUS_WORDS.get(status, status)}[/]"


def counted_findings(counts: Mapping[str, int]) -> str:
    """Return such as `2 errors, 1 warning, 12 missing`, or a dash."""
    parts = []
    for severity, (one, many) in SEVERITY_WORDS.items():
        count = counts.get(severity, 0)
        if count:
            parts.append(f"[{SEVERITY_STYLES[severity]}]{count} {one if count == 1 else many}[/]")
    return ", ".join(parts) or "–"


def counted_documents(documents: Iterable[Mapping[str, Any]]) -> str:
    """Return such as `3 final, 1 for approval`, or a dash."""
    counted = Counter(str(document["status"]) for document in documents)
    parts = [f"{counted[status]} {word}" for status, word in STATUS_WORDS.items() if counted[status]]
    return ", ".join(parts) or "–"


def findings_table(findings: Iterable[Mapping[str, Any]], title: str) -> Table:
    """Return findings as edition.json lists them, worst first."""
    made = table("", "Where", "What", "Stops", title=title)
    order = list(SEVERITY_WORDS)
    for finding in sorted(findings, key=lambda found: order.index(found["severity"])):
        severity = finding["severity"]
        place = "!".join(part for part in (finding["sheet"], finding["cell"]) if part)
        made.add_row(
            f"[{SEVERITY_STYLES[severity]}]{SEVERITY_WORDS[severity][0]}[/]",
            plain(place) or "the file",
            plain(finding["message"]),
            plain(", ".join(finding["blocks"])),
        )
    return made


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar on the terminal while something takes long; yields what must be called with (done, all, name)."""
    terminal = console(err=True)
    if quiet or not terminal.is_terminal:
        yield lambda *_: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[file]}"),
    )  # fmt: skip
    with Progress(*columns, console=terminal, transient=True) as bar:
        task = bar.add_task(label, total=None, file="")

        def advance(done: int, total: int, file: str) -> None:
            bar.update(task, completed=done, total=total, file=plain(file))

        yield advance
