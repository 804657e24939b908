"""Search a customer's finished file for what must not be in it (product.md: "its finished file is searched").

The customer's document is made from a view without internal values; this is the second lock, which does not trust the
first. Everything in the file must come from what the customer may see or from the output set's own words; a text or
number that is internal, and is neither, is a leak.

What is looked for:

- internal texts of at least five characters, and of long ones also each passage, so that a text cut by a page break or
  shortened by a template is found; upper and lower case, spaces and line breaks make no difference;
- internal numbers with at least four significant digits in their printed forms, whatever separates their thousands;
- internal dates as the document's language prints them.

Shorter ones would be found by chance in any file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from unicodedata import east_asian_width, normalize

from pipeline.definitions.load import Definitions
from pipeline.formats import Formatter, as_decimal, rounded
from pipeline.model import PlanView
from pipeline.render.scan_texts import visible_texts
from pipeline.wording import Value, ViewRow, own_text, raw

SHORTEST_TEXT, SHORTEST_PASSAGE, FEWEST_DIGITS = 5, 24, 4
"""Characters of a text and of a passage within one (a Chinese or Japanese one counts twice), digits of a number."""

_NUMBER = re.compile(r"\d{1,3}(?:[\s.,'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_IDENTIFIER = re.compile(r"(?<![^\W_])(?=[\d-]*[a-f])[\da-f-]{16,}(?![^\W_])")
"""A hexadecimal name that programs give to parts of a file: the digits in it are no number that anybody reads."""
_DECIMALS = re.compile(r"[.,](\d{1,2}|\d{4,})$")
_PASSAGE = re.compile(r"[.!?;\n。！？]+")
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{\w+\}", re.DOTALL)
_SPACES = re.compile(r"[\s\u00ad\u200b]+")


@dataclass(frozen=True, slots=True)
class Leak:
    """Something internal in a customer's file: where it stands in the internal view, and as what it was found."""

    place: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: {self.found}"


def leaks_in(content: bytes, internal: PlanView, customer: PlanView, own_texts: Iterable[str] = ()) -> tuple[Leak, ...]:
    """Return what a finished file shows of the internal view beyond the customer's; empty is what must be.

    `internal` is the internal view in the customer's language; `own_texts` are the output set's words (`own_words`).
    """
    formatter = Formatter(customer.language, customer.currency)
    allowed = [text for _, value in values_of(customer) for text in _prints(value, formatter)]
    own = [piece for text in own_texts for piece in (text, *_TAGS.split(text))]
    return forbidden_in(content, values_of(internal), [*allowed, *own], formatter)


def own_words(definitions: Definitions, language: str) -> tuple[str, ...]:
    """Return what an output set says itself in a language, whatever the account: texts, titles, brand, HTML."""
    outputs, brand = definitions.outputs, definitions.brand
    texts = [
        *outputs.texts.values(), brand.footer, *brand.confidentiality.values(),
        *(text for document in outputs.documents for text in (document.title, document.file)),
        *(text for figure in outputs.figures for text in (figure.title, figure.description, *figure.series.values())),
    ]  # fmt: skip
    files = [content.decode("utf-8") for name, content in definitions.files.items() if name.endswith((".html", ".css"))]
    return (brand.name, *(text.to(language) for text in texts if text is not None), *files)


def forbidden_in(
    content: bytes, internal: Iterable[tuple[str, object]], allowed: Iterable[str], formatter: Formatter
) -> tuple[Leak, ...]:
    """Return the internal values, given with their places, that a file shows and no allowed text explains.

    One that stands at several places is named at its first.
    """
    file = _File(visible_texts(content), tuple(dict.fromkeys(allowed)))
    needles: dict[_Needle, str] = {}
    for place, value in _first_of_each(internal):
        for needle in _needles(value, formatter):
            needles.setdefault(needle, place)
    return tuple(Leak(place, needle.shown) for needle, place in needles.items() if file.leaks(needle))


def _first_of_each(internal: Iterable[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """Yield each value with the first of its places: what holds the same and prints the same is looked for once."""
    met: set[object] = set()
    for place, value in internal:
        trace = (value.kind, repr(raw(value)), own_text(value)) if isinstance(value, Value) else value
        if trace not in met:
            met.add(trace)
            yield place, value


def values_of(view: PlanView) -> Iterator[tuple[str, object]]:
    """Yield every value of a view with its place, such as `contacts[2].email`; the output set's texts are none."""
    for name, value in view.names.items():
        if name != "texts":
            yield from _values(name, value)


def _values(place: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Value | str):
        yield place, value
    elif isinstance(value, ViewRow):
        for name in value:
            yield from _values(f"{place}.{name}", value[name])
    elif isinstance(value, Sequence):
        for position, item in enumerate(value, start=1):
            yield from _values(f"{place}[{position}]", item)


@dataclass(frozen=True, slots=True)
class _Needle:
    """What is looked for: part of a text, a text between other digits than its own (`whole`), or a number's digits."""

    shown: str
    digits: str = ""
    whole: bool = False


class _Texts:
    """Texts made comparable: spaces and case taken out, and the digits of all numbers."""

    def __init__(self, texts: Sequence[str]) -> None:
        plain = [_plain(text) for text in texts]
        self.spaced = "\n".join(_SPACES.sub(" ", text) for text in plain)
        self.tight = "\n".join(_SPACES.sub("", text) for text in plain)
        self.numbers = {_digits(number) for text in plain for number in _NUMBER.findall(_IDENTIFIER.sub(" ", text))}


class _File:
    """What a file shows, and what of it the allowed texts explain."""

    def __init__(self, shown: Sequence[str], allowed: Sequence[str]) -> None:
        self._shown, self._allowed = _Texts(shown), _Texts(allowed)
        tight = self._shown.tight
        self._beginnings = {tight[start : start + SHORTEST_TEXT] for start in range(len(tight))}
        self._explained = bytearray(len(tight))
        for text in {_tight(text) for text in allowed}:
            for start in _occurrences(text, tight):
                self._explained[start : start + len(text)] = b"\1" * len(text)

    def leaks(self, needle: _Needle) -> bool:
        """Return whether the needle is found where nothing that is allowed explains it."""
        if needle.digits:
            return needle.digits in self._shown.numbers and needle.digits not in self._allowed.numbers
        if needle.whole:
            return self._holds_alone(_SPACES.sub(" ", _plain(needle.shown)))
        text = _tight(needle.shown)
        if len(text) >= SHORTEST_TEXT and text[:SHORTEST_TEXT] not in self._beginnings:
            return False
        found = _occurrences(text, self._shown.tight)
        unexplained = any(not all(self._explained[start : start + len(text)]) for start in found)
        return unexplained and text not in self._allowed.tight

    def _holds_alone(self, text: str) -> bool:
        if text not in self._shown.spaced:
            return False
        pattern = re.compile(rf"(?<!\d){re.escape(text)}(?!\d)")
        return bool(pattern.search(self._shown.spaced)) and not pattern.search(self._allowed.spaced)


def _occurrences(text: str, within: str) -> Iterator[int]:
    start = within.find(text) if text else -1
    while start >= 0:
        yield start
        start = within.find(text, start + 1)


def _tight(text: str) -> str:
    return _SPACES.sub("", _plain(text))


def _plain(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _digits(number: str) -> str:
    """Return the digits of a printed number; zeros before it, and at the end of its decimals, left out."""
    decimals = _DECIMALS.search(number)
    whole, part = (number[: decimals.start()], decimals.group(1)) if decimals else (number, "")
    return (re.sub(r"\D", "", whole) + part.rstrip("0")).lstrip("0")


def _needles(value: object, formatter: Formatter) -> Iterator[_Needle]:
    plain = raw(value)
    if isinstance(plain, bool) or plain is None:
        return
    if isinstance(plain, date):
        yield from (_Needle(text, whole=True) for text in _prints(value, formatter))
    elif isinstance(plain, int | float | Decimal):
        by_digits = {_digits(number): number for number in sorted(_number_prints(value), key=len, reverse=True)}
        for digits, number in by_digits.items():
            if len(digits.rstrip("0")) >= FEWEST_DIGITS:
                yield _Needle(number, digits)
    else:
        yield from (_Needle(part) for text in _prints(value, formatter) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    """Yield a text and its passages, those that are too short to tell anything left out."""
    if len(text) >= SHORTEST_PASSAGE or _weight(text) >= SHORTEST_TEXT:
        yield text
    if len(text) > SHORTEST_PASSAGE / 2:
        passages = _PASSAGE.split(text)
        yield from (passage for passage in passages[:-1] if _weight(passage) >= SHORTEST_PASSAGE)


def _weight(text: str) -> int:
    return sum(1 + (east_asian_width(character) in "WF") for character in text if not character.isspace())


def _prints(value: object, formatter: Formatter) -> set[str]:
    """Return the ways in which a document may print a value."""
    plain = raw(value)
    if isinstance(plain, bool) or plain is None:
        return {str(value)}
    if isinstance(plain, date):
        return {str(value), formatter.date(plain), formatter.long_date(plain), plain.isoformat()}
    if isinstance(plain, int | float | Decimal):
        return {str(value), *_number_prints(value)}
    if isinstance(plain, tuple):
        return {str(value), *map(str, plain)}
    return {str(value), str(plain)}


def _number_prints(value: object) -> set[str]:
    """Return a number as digits, in full and rounded as documents round; a share of one also in per cent."""
    exact = abs(as_decimal(raw(value)))
    if isinstance(value, Value) and value.kind == "percent":
        exact *= 100
    return {f"{exact:f}", *(f"{rounded(exact, decimals):f}" for decimals in (0, 1, 2))}
