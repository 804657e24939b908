"""Finding fields by the words above or beside them, in any of the template's languages, without regard to case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.definitions.workbook_template import FieldDefinition

_SPACE = re.compile(r"\s+")
_MARKS = " .*:†●◐○"
_UNIT = re.compile(r"(?<=\S)\s*[(\[][^()\[\]]*[)\]]$")
LONGEST_LABEL = 120


@lru_cache(maxsize=8192)
def label_key(text: str) -> str:
    """Return what two labels have in common that a person would call the same: words without case, marks, spacing."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _SPACE.sub(" ", folded).strip().strip(_MARKS)


@dataclass(frozen=True)
class LabelIndex:
    """Field names by the key of each text they may stand under, and the languages of those texts."""

    fields: Mapping[str, str]
    languages: Mapping[str, frozenset[str]] = field(repr=False)

    def find(self, cell: object) -> str | None:
        """Return the field whose label a cell holds, with or without a unit in brackets behind it."""
        if not isinstance(cell, str) or len(cell) > LONGEST_LABEL:
            return None
        key = label_key(cell)
        return self.fields.get(key) or self.fields.get(_UNIT.sub("", key))

    def languages_of(self, cell: object) -> frozenset[str]:
        """Return the languages in which a cell's text is a label."""
        return self.languages.get(label_key(cell), frozenset()) if isinstance(cell, str) else frozenset()


def index_labels(fields: Iterable[FieldDefinition], language: str) -> LabelIndex:
    """Return the index of `fields`; where one text stands for two of them, its meaning in `language` comes first."""
    found: dict[str, str] = {}
    languages: dict[str, frozenset[str]] = {}
    fields = tuple(fields)
    for definition in fields:
        found.setdefault(label_key(definition.label.to(language)), definition.name)
    for definition in fields:
        for code, text in definition.label.by_language.items():
            found.setdefault(label_key(text), definition.name)
            languages[label_key(text)] = languages.get(label_key(text), frozenset()) | {code}
    for definition in fields:
        for text in definition.aliases:
            found.setdefault(label_key(text), definition.name)
    return LabelIndex(found, languages)
