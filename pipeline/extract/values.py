"""From what a cell holds to the typed value of its field, or the flaw that it has none.

A reader is made once per field and account; it is called with every cell of its column that is not empty.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from pipeline.definitions.workbook_template import FieldDefinition
from pipeline.extract.conventions import Conventions
from pipeline.extract.days import day_readings, month_readings
from pipeline.extract.faults import Flaw
from pipeline.extract.grid import Raw
from pipeline.extract.labels import label_key
from pipeline.extract.numerals import plain_signs, readings
from pipeline.extract.words import NO_WORDS, YES_WORDS, cleaned, means_unknown, one_line, plain, shown
from pipeline.formats import Formatter, is_currency_mark
from pipeline.model import Scalar, Text
from pipeline.sentences import LANGUAGES, sentence


class Gap(Enum):
    """The one value that is no value: somebody asked, and it is not known."""

    UNKNOWN = "unknown"


Read: TypeAlias = Scalar | Gap | Flaw
Reader: TypeAlias = Callable[[Raw], Read]
_FromText: TypeAlias = Callable[[str], Read]
_FromOther: TypeAlias = Callable[[Raw], Read]

_SPLIT = re.compile(r"[,;、，；\n]")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_WEB = re.compile(r"(?:https?://)?[^\s:/@<>\"']+\.[^\s:/@<>\"']{2,}(?::\d+)?(?:[/?#][^\s<>\"']*)?", re.IGNORECASE)
_PICTURE = re.compile(r"[^\\/:*?\"<>|]+\.(?:png|jpe?g|svg|gif)", re.IGNORECASE)
_WORDS = re.compile(r"[^\d\s.,'()%+-]+(?:\s[^\d\s.,'()%+-]+)*")
_DIGIT = re.compile(r"\d")
_MOST_WHOLE_DIGITS = {"percent": 6}
"""Digits before the decimal mark that the judge's columns hold: DECIMAL(24,6), rates DECIMAL(14,8)."""


def reader_for(field: FieldDefinition, conventions: Conventions) -> Reader:
    """Return the reader of a field's cells under an account's conventions."""
    from_text, from_other = _MAKERS.get(field.type, _text_maker)(field, conventions)

    def read(raw: Raw) -> Read:
        if type(raw) is str:
            text = cleaned(raw)
            if not text:
                return None
            value = from_text(text)
            return Gap.UNKNOWN if type(value) is Flaw and means_unknown(text) else value
        return from_other(raw)

    return read


# Text ---------------------------------------------------------------------------------------------------------------


def _text_maker(field: FieldDefinition, _: Conventions) -> tuple[_FromText, _FromOther]:
    pattern = re.compile(field.pattern) if field.pattern else None
    many_lines = field.type == "long_text"

    def from_text(text: str) -> Read:
        if means_unknown(text):
            return Gap.UNKNOWN
        value = text if many_lines else one_line(text)
        if pattern is not None and not pattern.fullmatch(value):
            return Flaw("cell-pattern", {"found": shown(value), "help": _expected(field)})
        return value

    return from_text, lambda raw: from_text(plain(raw))


def _expected(field: FieldDefinition) -> Text:
    return field.help or sentence("cell-pattern-hint", pattern=field.pattern)


def _matching_maker(form: re.Pattern[str], code: str, prefix: str = "") -> Callable[..., tuple[_FromText, _FromOther]]:
    def maker(_: FieldDefinition, __: Conventions) -> tuple[_FromText, _FromOther]:
        def from_text(text: str) -> Read:
            value = text.removeprefix(prefix)
            return value if form.fullmatch(value) else Flaw(code, {"found": shown(text)})

        return from_text, lambda raw: Flaw(code, {"found": shown(raw)})

    return maker


def _references_maker(_: FieldDefinition, __: Conventions) -> tuple[_FromText, _FromOther]:
    def from_text(text: str) -> Read:
        if means_unknown(text):
            return Gap.UNKNOWN
        keys = (part.strip() for part in _SPLIT.split(text))
        return tuple(dict.fromkeys(key for key in keys if key)) or None

    return from_text, lambda raw: (plain(raw),)


# Words of a list ----------------------------------------------------------------------------------------------------


def _choice_maker(field: FieldDefinition, _: Conventions) -> tuple[_FromText, _FromOther]:
    codes = _choice_codes(field.choices)

    def from_text(text: str) -> Read:
        code = codes.get(text)
        if code is None:
            code = codes.get(label_key(text))
        return (
            code if code is not None else Flaw("cell-not-a-choice", {"found": shown(text), "choices": _listed(field)})
        )

    return from_text, lambda raw: from_text(plain(raw))


def _choice_codes(choices: Mapping[str, Text]) -> dict[str, str]:
    codes = {code: code for code in choices}
    for code in choices:
        codes.setdefault(label_key(code), code)
    for code, label in choices.items():
        for text in label.by_language.values():
            codes.setdefault(label_key(text), code)
            codes.setdefault(text, code)
    return codes


def _listed(field: FieldDefinition) -> Text:
    separators = {"ja": "、"}
    return Text(
        {
            language: separators.get(language, ", ").join(label.to(language) for label in field.choices.values())
            for language in LANGUAGES
        }
    )


def _yes_no_maker(_: FieldDefinition, __: Conventions) -> tuple[_FromText, _FromOther]:
    def from_text(text: str) -> Read:
        word = text.casefold()
        if word in YES_WORDS:
            return True
        return False if word in NO_WORDS else Flaw("cell-not-yes-or-no", {"found": shown(text)})

    def from_other(raw: Raw) -> Read:
        if raw in (0, 1) and isinstance(raw, bool | int | float):
            return bool(raw)
        return Flaw("cell-not-yes-or-no", {"found": shown(raw)})

    return from_text, from_other


# Numbers ------------------------------------------------------------------------------------------------------------


def _number_maker(field: FieldDefinition, conventions: Conventions) -> tuple[_FromText, _FromOther]:
    finish = _finisher(field)
    code = "cell-not-a-percentage" if field.type == "percent" else "cell-not-a-number"

    def from_text(text: str) -> Read:
        number = _number_in(text, field.type, conventions, code)
        return number if isinstance(number, Flaw) else finish(number)

    def from_other(raw: Raw) -> Read:
        if type(raw) is float and math.isfinite(raw):
            return finish(Decimal(format(raw, ".15g")))
        if type(raw) is int:
            return finish(Decimal(raw))
        return Flaw(code, {"found": shown(raw)})

    return from_text, from_other


def _number_in(text: str, kind: str, conventions: Conventions, code: str) -> Decimal | Flaw:
    digits, hundredths = plain_signs(text), False
    if kind == "percent" and digits.endswith("%"):
        digits, hundredths = digits[:-1].strip(), True
    if kind == "money":
        digits = _without_currency(digits, conventions)
    found = readings(digits)
    if not found:
        return _no_number(text, kind, conventions, code)
    number = found.get(conventions.decimal_mark or "") if len(set(found.values())) > 1 else next(iter(found.values()))
    if number is None:
        first, second = (found[mark] for mark in (".", ","))
        return Flaw("cell-number-ambiguous", {"found": shown(text), "first": _print(first), "second": _print(second)})
    return number / 100 if hundredths else number


def _without_currency(text: str, conventions: Conventions) -> str:
    """Return the text without the account's currency before or behind the digits; another one stays and is refused."""
    mark = _mark_at_the_edge(text)
    return text.replace(mark, "").strip() if mark.upper() in conventions.currency_marks else text


def _mark_at_the_edge(text: str) -> str:
    """Return the words before or behind the digits, an empty text when there are none or they stand elsewhere too."""
    words = _WORDS.findall(text)
    before, _, after = text.partition(words[0]) if len(words) == 1 else ("0", "", "0")
    return "" if _DIGIT.search(before) and _DIGIT.search(after) else words[0]


def _no_number(text: str, kind: str, conventions: Conventions, code: str) -> Flaw:
    digits = plain_signs(text)
    mark = _mark_at_the_edge(digits) if kind == "money" and conventions.currency else ""
    if is_currency_mark(mark) and readings(digits.replace(mark, "")):
        return Flaw("cell-other-currency", {"found": shown(text), "currency": conventions.currency})
    return Flaw(code, {"found": shown(text)})


def _finisher(field: FieldDefinition) -> Callable[[Decimal], Read]:
    """Return the last step for a number: whole where it must be, and within the field's bounds."""
    least, most, whole = field.min, field.max, field.type == "integer"
    ceiling = Decimal(10) ** _MOST_WHOLE_DIGITS.get(field.type, 18)

    def finish(number: Decimal) -> Read:
        if whole and number != number.to_integral_value():
            return Flaw("cell-not-whole", {"found": _print(number)})
        if least is not None and number < least:
            return Flaw("cell-too-small", {"found": _print(number, field), "limit": _print(least, field)})
        if most is not None and number > most:
            return Flaw("cell-too-large", {"found": _print(number, field), "limit": _print(most, field)})
        if abs(number) >= ceiling:
            return Flaw("cell-number-too-long", {"found": shown(format(number, "f"))})
        return int(number) if whole else number

    return finish


def _print(number: Decimal, field: FieldDefinition | None = None) -> Text:
    """Return a number as each language writes it, a fraction as per cent where the field is one."""
    percent = field is not None and field.type == "percent"
    shift = number * 100 if percent else number
    decimals = max(0, -int(shift.normalize().as_tuple().exponent))
    sign = {"en": "%", "de": "\u00a0%", "ja": "%"} if percent else dict.fromkeys(LANGUAGES, "")
    return Text({language: Formatter(language).number(shift, decimals) + sign[language] for language in LANGUAGES})


# Days ---------------------------------------------------------------------------------------------------------------


def _day_maker(field: FieldDefinition, conventions: Conventions) -> tuple[_FromText, _FromOther]:
    month = field.type == "month"
    code = "cell-not-a-month" if month else "cell-not-a-date"
    read_days = month_readings if month else day_readings

    def from_text(text: str) -> Read:
        return _one_day(read_days(text, conventions.date_order), text, code)

    def from_other(raw: Raw) -> Read:
        day = _day_in(raw, month=month)
        if day is not None:
            return day.replace(day=1) if month else day
        kind = "cell-duration" if isinstance(raw, dt.time | dt.timedelta) else code
        return Flaw(kind, {"found": shown(raw)})

    return from_text, from_other


def _one_day(found: Iterable[dt.date], text: str, code: str) -> Read:
    days = list(found)
    if len(days) > 1:
        first, second = (day.isoformat() for day in days[:2])
        return Flaw("cell-date-ambiguous", {"found": shown(text), "first": first, "second": second})
    return days[0] if days else Flaw(code, {"found": shown(text)})


def _day_in(raw: Raw, *, month: bool) -> dt.date | None:
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    if month and isinstance(raw, float) and raw.is_integer() and 190001 <= raw <= 299912 and 1 <= raw % 100 <= 12:
        return dt.date(int(raw) // 100, int(raw) % 100, 1)
    return None


_MAKERS: Mapping[str, Callable[[FieldDefinition, Conventions], tuple[_FromText, _FromOther]]] = {
    **dict.fromkeys(("integer", "number", "money", "percent"), _number_maker),
    **dict.fromkeys(("date", "month"), _day_maker),
    "choice": _choice_maker,
    "yes_no": _yes_no_maker,
    "references": _references_maker,
    "email": _matching_maker(_EMAIL, "cell-not-an-email", prefix="mailto:"),
    "url": _matching_maker(_WEB, "cell-not-a-web-address"),
    "picture": _matching_maker(_PICTURE, "cell-not-a-picture"),
}
