"""Where on a sheet the fields of a section were found."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.extract.grid import Sheet
from pipeline.extract.section import Section


@dataclass(frozen=True)
class Layout:
    """A section on its sheet, as far as its labels were found; `texts` are those labels as they stand there."""

    section: Section
    sheet: Sheet
    texts: tuple[str, ...]

    @property
    def found(self) -> int:
        """Return how many of the section's fields were found."""
        raise NotImplementedError


@dataclass(frozen=True)
class FormLayout(Layout):
    """A form: (row, column) of the value of each field, of labels that stand there again, of values not beside theirs.

    `repeated` and `moved` hold (field, row, column): of the second label's value, and of where the value was expected.
    """

    values: dict[str, tuple[int, int]] = field(default_factory=dict)
    repeated: tuple[tuple[str, int, int], ...] = ()
    moved: tuple[tuple[str, int, int], ...] = ()

    @property
    def found(self) -> int:
        """Return how many of the form's fields were found."""
        return len(self.values)


@dataclass(frozen=True)
class TableLayout(Layout):
    """A table: its heading row (0: none was found), the column of each field, headings that stand there again.

    `last_row` is the last row that may belong to it, None where only the sheet ends it.
    """

    heading_row: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    repeated: tuple[tuple[str, int], ...] = ()
    last_row: int | None = None

    @property
    def found(self) -> int:
        """Return how many of the table's fields were found."""
        return len(self.columns)
