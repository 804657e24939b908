"""Days and months written as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from pipeline.extract.conventions import DateOrder
from pipeline.extract.numerals import plain_signs
from pipeline.formats import month_names
from pipeline.sentences import LANGUAGES

_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")
_YEAR_AND_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{4})年(\d{1,2})月")
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_WORD = re.compile(r"\d+(?=st|nd|rd|th)|\d+|[^\W\d_]+")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "of"})
_NAMED_LANGUAGES = (*LANGUAGES, "fr", "es", "it", "nl")


def day_readings(text: str, order: DateOrder | None) -> list[date]:
    """Return what a text can mean as a day: none, one, or two when day and month could change places."""
    text = _TIME.sub("", plain_signs(text))
    if match := _YEAR_FIRST.fullmatch(text):
        return _real(int(match[1] or match[5]), int(match[3] or match[6]), int(match[4] or match[7]))
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(int(match[1]), match[2], int(match[3]), _full_year(match[4]), order)
    return _named_day(text)


def month_readings(text: str, order: DateOrder | None) -> list[date]:
    """Return the first days of the months that a text can mean."""
    plain = plain_signs(text)
    if match := _YEAR_AND_MONTH.fullmatch(plain):
        return _real(int(match[1] or match[3]), int(match[2] or match[4]), 1)
    if match := _MONTH_AND_YEAR.fullmatch(plain):
        return _real(int(match[2]), int(match[1]), 1)
    if found := _named_month(plain):
        return found
    return list(dict.fromkeys(day.replace(day=1) for day in day_readings(text, order)))


def _year_last(first: int, separator: str, second: int, year: int, order: DateOrder | None) -> list[date]:
    day_first, month_first = _real(year, second, first), _real(year, first, second)
    if separator == "." or order == "day first":
        return day_first or month_first if separator != "." else day_first
    if order == "month first":
        return month_first or day_first
    return list(dict.fromkeys(day_first + month_first))


def _named_day(text: str) -> list[date]:
    numbers, months = _words(text)
    if len(numbers) != 2 or len(months) != 1:
        return []
    day, year = sorted(numbers, key=len)
    if len(year) == 4:
        return _real(int(year), months[0], int(day))
    return _real(_full_year(numbers[1]), months[0], int(numbers[0])) if len(year) == 2 else []


def _named_month(text: str) -> list[date]:
    numbers, months = _words(text)
    if len(numbers) != 1 or len(months) != 1 or len(numbers[0]) not in (2, 4):
        return []
    return _real(_full_year(numbers[0]), months[0], 1)


def _words(text: str) -> tuple[list[str], list[int]]:
    """Return the numbers in a text and its months; a word that is neither makes it no date."""
    words = [word for word in _WORD.findall(text.casefold()) if word not in _ORDINALS]
    names = [word for word in words if not word.isdigit()]
    known = _month_numbers()
    months = [known[name] for name in names if name in known]
    return ([word for word in words if word.isdigit()], months) if len(months) == len(names) else ([], [])


@cache
def _month_numbers() -> dict[str, int]:
    return {name: number for language in _NAMED_LANGUAGES for name, number in month_names(language).items()}


def _full_year(text: str) -> int:
    """Return a year of two digits as one from 1970 to 2069, as Unix time does; Excel's own limit moves by version."""
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


def _real(year: int, month: int, day: int) -> list[date]:
    return list(_calendar_day(year, month, day))


def _calendar_day(year: int, month: int, day: int) -> Iterator[date]:
    if 1 <= month <= 12 and 1000 <= year <= 9999:
        try:
            yield date(year, month, day)
        except ValueError:
            return
