"""The results as tables in Markdown, for the terminal and for docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.comparisons import Comparison
from benchmarks.whole_build import MEMORY_LIMIT_MB, WholeBuild

RESULTS = "results"
"""Section of docs/benchmarks.md that `python -m benchmarks` writes."""
_LIBRARIES = (
    "python-calamine",
    "openpyxl",
    "python-pptx",
    "python-docx",
    "WeasyPrint",
    "XlsxWriter",
    "DuckDB",
    "Typer",
)


def results(made: Iterable[Comparison], build: WholeBuild, sample: str) -> str:
    """Return everything that was measured."""
    return "\n\n".join((_comparisons(made), _build(build, sample), _machine()))


def marks(section: str) -> tuple[str, str]:
    """Return what stands before and after a section of results in a page."""
    return f"<!-- {section}: begin -->", f"<!-- {section}: end -->"


def write_results(page: Path, text: str, section: str = RESULTS) -> None:
    """Put results between the marks of a section of a page."""
    begin, end = marks(section)
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _comparisons(made: Iterable[Comparison]) -> str:
    rows = [
        (
            one.work, one.against, _milliseconds(one.product.processor), _milliseconds(one.bare.processor),
            f"{one.ratio:.2f} ×", f"{one.ratio_of_wall_times:.2f} ×", f"{one.limit:g} ×",
            "yes" if one.ratio <= one.limit else "**no**",
        )
        for one in made
    ]  # fmt: skip
    head = ("work", "against", "planpress", "bare", "ratio", "on the wall", "at most", "kept")
    return table(head, rows, right=(2, 3, 4, 5, 6))


def _build(build: WholeBuild, sample: str) -> str:
    whole = build.whole.processor
    rows = [
        (part, _milliseconds(seconds), f"{seconds / whole:.0%}")
        for part, seconds in sorted(build.parts.items(), key=lambda item: -item[1])
    ]
    rows.append(("**whole build**", _milliseconds(whole), ""))
    memory = f"{build.peak_megabytes:.0f} MB"
    kept = "kept" if build.peak_megabytes <= MEMORY_LIMIT_MB else "**not kept**"
    title = f"A whole build of the fullest sample ({sample}), warm; the largest part is {build.largest}:"
    peak = f"Peak resident memory: {memory}, at most {MEMORY_LIMIT_MB} MB: {kept}."
    return f"{title}\n\n{table(('part', 'processor time', 'share'), rows, right=(1, 2))}\n\n{peak}"


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"Measured with Python {platform.python_version()} on {platform.system()}, "
        f"{os.cpu_count()} cores ({platform.machine()}); {libraries}."
    )


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    """Return a table in Markdown; the columns `right` are aligned there."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        aligned = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(aligned)} |"

    rule = [("-" * (width - 1) + (":" if column in right else "-")) for column, width in enumerate(widths)]
    return "\n".join((line(head), line(rule), *(line(row) for row in rows)))
