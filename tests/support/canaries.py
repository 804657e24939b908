"""Values that occur nowhere else: one for every cell of a workbook, found again wherever it comes out.

Every table has three rows: `shared` with the customer, `hidden` from him, and `pointing`: shared too, but with all
references leading to hidden rows. Where a table knows no sharing the three rows are alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from babel.dates import format_date, format_skeleton

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate

SHARED, HIDDEN, POINTING = "shared", "hidden", "pointing"
ROWS = (SHARED, HIDDEN, POINTING)
LOCALES = ("en_GB", "en_US", "de_DE", "fr_FR", "ja_JP")
FEWEST_DIGITS = 3
"""Shorter numbers stand in any document by chance."""
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]


ACCOUNT_PLAN: Mapping[str, object] = {
    "account.tier": "Strategic",
    "account.currency": "EUR",
    "account.language": "en",
    "account.relationship_since": "1873",
    "account.founded": "1847",
    "contacts.left_on (shared)": date(2027, 5, 11),
    "contacts.left_on (hidden)": date(2027, 5, 14),
    "contacts.left_on (pointing)": date(2027, 5, 17),
    "financials.currency": "EUR",
    "lists_lines.nature (shared)": "income",
    "lists_lines.grp (shared)": "revenue",
    "lists_lines.nature (hidden)": "cost",
    "lists_lines.grp (hidden)": "cost_of_sales",
    "lists_lines.nature (pointing)": "cost",
    "lists_lines.grp (pointing)": "cost_to_serve",
    "service_levels.period (shared)": date(2026, 5, 1),
    "service_levels.period (hidden)": date(2026, 4, 1),
    "service_levels.period (pointing)": date(2026, 3, 1),
    "actions.cancelled": False,
    "actions.done_on (pointing)": None,
    "issues.resolved (pointing)": None,
    "reviews.next_review (shared)": date(2027, 1, 12),
    "reviews.next_review (hidden)": date(2027, 2, 17),
    "reviews.next_review (pointing)": date(2027, 3, 18),
}
"""What must be what it is in the shipped template, so that the rest may be anything."""


def given_values(account_id: str, customer_language: str) -> Mapping[str, object]:
    """Return what is given in a workbook of the shipped template."""
    return {**ACCOUNT_PLAN, "account.account_id": account_id, "account.customer_language": customer_language}


@dataclass(frozen=True)
class Canary:
    """A value in a cell; `is_seen` says whether the customer may see it."""

    table: str
    field: str
    row: str
    value: str | Decimal | date
    is_seen: bool
    is_month: bool = False
    is_share: bool = False

    @property
    def place(self) -> str:
        return f"{self.table}.{self.field} ({self.row})"

    def is_in(self, texts: Searched) -> bool:
        """Return whether the value stands in one of the texts, in any form in which a document might print it."""
        if isinstance(self.value, str):
            return _tight(self.value) in texts.tight
        return any(texts.holds(form) for form in self._forms())

    def _forms(self) -> Iterator[str]:
        if isinstance(self.value, date):
            yield from _month_forms(self.value) if self.is_month else _date_forms(self.value)
        elif isinstance(self.value, Decimal):
            yield from _number_forms(self.value * 100 if self.is_share else self.value)


class Searched:
    """Texts of a file, made comparable: one form of each letter, lower case, spaces as one or none."""

    def __init__(self, texts: Iterator[str] | list[str]) -> None:
        plain = [unicodedata.normalize("NFKC", text).casefold() for text in texts]
        self.spaced = "\n".join(" ".join(text.split()) for text in plain)
        self.tight = "\n".join(_tight(text) for text in plain)

    def holds(self, form: str) -> bool:
        """Return whether a form stands there with neither letters nor digits beside it."""
        wanted = " ".join(unicodedata.normalize("NFKC", form).casefold().split())
        start = self.spaced.find(wanted)
        while start >= 0:
            before, after = self.spaced[start - 1 : start], self.spaced[start + len(wanted) :][:1]
            if not (_joins(before) or _joins(after)):
                return True
            start = self.spaced.find(wanted, start + 1)
        return False


def _joins(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _tight(text: str) -> str:
    """Return a text without what a line break may add or take: spaces, hyphens."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if not letter.isspace() and letter not in "-\u2010\u2011\u00ad\u200b")


def _date_forms(day: date) -> Iterator[str]:
    yield day.isoformat()
    for locale in LOCALES:
        for form in ("short", "medium", "long"):
            yield format_date(day, form, locale)
    for pattern in ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d"):
        yield day.strftime(pattern)
    yield f"{day.year}年{day.month}月{day.day}日"


def _month_forms(month: date) -> Iterator[str]:
    for locale in LOCALES:
        for skeleton in ("yMMM", "yMMMM", "yMM"):
            yield format_skeleton(skeleton, month, locale=locale)
    yield from (f"{month:%Y-%m}", f"{month:%m/%Y}", f"{month:%m.%Y}")


def _number_forms(number: Decimal) -> Iterator[str]:
    """Yield a number in full, rounded, and shortened to three digits in thousands, millions, 万 and 億."""
    yield from _with_separators(number)
    for power, suffixes in ((3, ("k", " Tsd.")), (6, ("m", " Mio.", "M")), (4, ("万",)), (8, ("億",))):
        scaled = number.scaleb(-power)
        if scaled < 1:
            continue
        for text in _with_separators(scaled.quantize(Decimal(1).scaleb(scaled.adjusted() - FEWEST_DIGITS + 1))):
            yield from (f"{text}{suffix}" for suffix in suffixes)


def _with_separators(number: Decimal) -> Iterator[str]:
    rounded = {number, *(number.quantize(Decimal(1).scaleb(-places)) for places in (0, 1, 2))}
    for value in rounded:
        plain = f"{value:f}"
        if sum(character.isdigit() for character in plain.lstrip("0.")) < FEWEST_DIGITS:
            continue
        grouped = f"{value:,f}"
        yield from (plain, plain.replace(".", ","), grouped)
        for thousands, mark in ((".", ","), (" ", ","), ("'", "."), ("’", ".")):
            yield grouped.replace(".", "\0").replace(",", thousands).replace("\0", mark)


class Canaries:
    """Canaries for every cell of a template, valid by its definition; `values` is what to type into which row."""

    def __init__(self, template: WorkbookTemplate, given: Mapping[str, object]) -> None:
        """Make them all; `given` are values by `table.field` or `table.field (row)` that must be what they are."""
        self._template, self._given = template, given
        self._words = (_word(number) for number in count(1))
        self._amounts = (Decimal(104_729 + 7_919 * number) for number in count())
        self._numbers = (Decimal(2_003_7 + 97_0 * number) / 10 for number in count())
        self._integers = (10_007 + 1_013 * number for number in count())
        self._shares = (Decimal(4_173 + 101 * number) / 10_000 for number in count())
        self._steps = count(13, 4)
        self._days = (date(2024, 2, 5) + timedelta(days=3 * number) for number in count())
        self._months = iter([date(2026, month, 1) for month in (10, 9, 8)] * 10)
        self._keys = {name: dict(self._keys_of(table)) for name, table in template.tables.items()}
        self.found: list[Canary] = []
        self.values = {name: self._values_of(table) for name, table in template.tables.items()}

    def _keys_of(self, table: TableDefinition) -> Iterator[tuple[str, str]]:
        """Yield the key of each row, by which others refer to it."""
        if len(table.key) == 1:
            for row in ROWS:
                yield row, str(self._given.get(f"{table.name}.{table.key[0]} ({row})", next(self._words)))

    def _values_of(self, table: TableDefinition) -> Any:
        if self._template.is_form(table.name):
            return {field.name: self._value(table, field, SHARED) for field in table.fields}
        names = [field.name for field in table.fields]
        return {"fields": names, "rows": [[self._value(table, field, row) for field in table.fields] for row in ROWS]}

    def _value(self, table: TableDefinition, field: FieldDefinition, row: str) -> Any:
        for name in (f"{table.name}.{field.name} ({row})", f"{table.name}.{field.name}"):
            if name in self._given:
                value = self._given[name]
                is_own = isinstance(value, date) or field.pattern is not None
                return self._noted(table, field, row, value) if is_own else value
        if table.key == (field.name,):
            return self._noted(table, field, row, self._keys[table.name][row])
        if (table.customer_rows or "").partition(" ")[0] == field.name:
            return row != HIDDEN
        if field.type in ("reference", "references"):
            return self._reference(table, field, row)
        if field.type in ("choice", "yes_no"):
            return next(iter(field.choices), True)
        return self._noted(table, field, row, self._fresh(field))

    def _reference(self, table: TableDefinition, field: FieldDefinition, row: str) -> str | None:
        """Return the key of a row of the first table that this may point to; no row points to itself."""
        target = HIDDEN if row == POINTING and table.customer_rows is not None else row
        if table.name in field.to:
            target = {SHARED: HIDDEN, HIDDEN: POINTING, POINTING: ""}[row]
        return self._keys[field.to[0]].get(target)

    def _noted(self, table: TableDefinition, field: FieldDefinition, row: str, value: object) -> object:
        if _is_unique(value):
            admitted = self._template.is_form(table.name) or table.customer_rows is not None
            seen = field.customer == "yes" and admitted and (row != HIDDEN or table.customer_rows == "true")
            text = value if isinstance(value, str | date) else Decimal(str(value))
            is_month, is_share = field.type == "month", field.type == "percent"
            self.found.append(Canary(table.name, field.name, row, text, seen, is_month, is_share))
        return value

    def _fresh(self, field: FieldDefinition) -> object:
        match field.type:
            case "integer" | "number" | "money" | "percent":
                return self._number(field)
            case "date":
                return next(self._days)
            case "month":
                return next(self._months)
            case "email":
                return f"{next(self._words)}@{next(self._words)}.example".lower()
            case "long_text":
                return f"{next(self._words)} {next(self._words)}."
            case _:
                return next(self._words)

    def _number(self, field: FieldDefinition) -> object:
        if field.type == "percent":
            return next(self._shares)
        if field.min is not None and field.max is not None:
            step = next(self._steps)
            if field.type == "number":
                return field.max - Decimal(step) / 100
            return int(field.max) - step if field.max - field.min > 200 else int((field.max + field.min) / 2)
        if field.type == "integer":
            return next(self._integers)
        return next(self._amounts if field.type == "money" else self._numbers)


def _word(number: int) -> str:
    """Return a word of four syllables that is no other's, and no part of one."""
    scattered = number * 7_919_723 % len(_SYLLABLES) ** 4
    syllables = []
    for _ in range(4):
        scattered, place = divmod(scattered, len(_SYLLABLES))
        syllables.append(_SYLLABLES[place])
    return f"Qx{''.join(syllables)}"


def _is_unique(value: object) -> bool:
    """Return whether a value can be told from what stands in a document by chance."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | Decimal):
        return sum(character.isdigit() for character in f"{value:f}".strip("0.")) >= FEWEST_DIGITS
    return True
