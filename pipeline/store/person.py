"""A person who is to be forgotten, found in texts by names and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from pipeline.errors import UsageError

ERASED = "…"
"""What stands where a name stood."""
FEWEST_LETTERS = 3
"""A shorter name of one script that puts spaces between words is found by chance everywhere."""
_FIRST_WITHOUT_SPACES = "\u2e80"
"""From here on scripts write words without spaces between them (Chinese, Japanese, Korean)."""


@dataclass(frozen=True, slots=True)
class Person:
    """All names and addresses of one person, as they may stand in a text; capitals, widths and spaces do not matter."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> Person:
        """Return the person with these names; raise UsageError for one that is too short to be found safely."""
        tidy = tuple(dict.fromkeys(" ".join(normalize("NFKC", name).split()) for name in names))
        short = [name for name in tidy if len(name) < (2 if _ends_freely(name, 0) else FEWEST_LETTERS)]
        if short or not tidy:
            raise UsageError(
                f"{', '.join(map(repr, short)) or 'Nothing'} is too short to be found without finding others. Give "
                "full names and e-mail addresses."
            )
        return cls(tidy)

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds any of the names as whole words."""
        longest_first = sorted(self.names, key=len, reverse=True)
        return re.compile("|".join(map(_pattern, longest_first)), re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        """Return whether a text names the person."""
        return self.pattern.search(normalize("NFKC", text)) is not None

    def is_all_of(self, text: str) -> bool:
        """Return whether a text is one of the names and nothing else."""
        return self.pattern.fullmatch(" ".join(normalize("NFKC", text).split())) is not None

    def cut(self, value: Any, spared: frozenset[str] = frozenset()) -> Any:
        """Return a JSON value without the person's names; what stands under keys of `spared` stays as it is."""
        if isinstance(value, str):
            return self.pattern.sub(ERASED, normalize("NFKC", value)) if self.is_in(value) else value
        if isinstance(value, Mapping):
            return {name: part if name in spared else self.cut(part, spared) for name, part in value.items()}
        if isinstance(value, list):
            return [self.cut(part, spared) for part in value]
        return value


def _pattern(name: str) -> str:
    words = r"\s+".join(re.escape(word) for word in name.split())
    before = "" if _ends_freely(name, 0) else r"(?<!\w)"
    after = "" if _ends_freely(name, -1) else r"(?!\w)"
    return f"{before}{words}{after}"


def _ends_freely(name: str, end: int) -> bool:
    return name[end:][:1] >= _FIRST_WITHOUT_SPACES
