"""Numbers, money, per cent and dates as a reader of a language expects them.

Every print is rounded once, half away from zero, from the unrounded value (measures.md 1.11; DIN 1333). Locale data
is CLDR's through Babel; negatives carry a true minus sign (U+2212) in every language.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cached_property, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
    is_currency,
)

from pipeline.model import Scalar

MINUS, EN_DASH, NOT_AVAILABLE = "\u2212", "\u2013", "n.a."
_LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "ja": "ja_JP"}
_SCALES: dict[str, tuple[tuple[int, str], ...]] = {
    "en": ((12, "tn"), (9, "bn"), (6, "m"), (3, "k")),
    "de": ((12, "\u00a0Bio."), (9, "\u00a0Mrd."), (6, "\u00a0Mio."), (3, "\u00a0Tsd.")),
    "fr": ((9, "\u00a0Md"), (6, "\u00a0M"), (3, "\u00a0k")),
    "ja": ((12, "兆"), (8, "億"), (4, "万")),
}
_DAYS = {
    "en": ("{} day", "{} days"),
    "de": ("{} Tag", "{} Tage"),
    "fr": ("{} jour", "{} jours"),
    "ja": ("{}日", "{}日"),
}
_POINTS = {"en": "pp", "de": "PP", "fr": "pt", "ja": "ポイント"}
_YES_NO = {"en": ("yes", "no"), "de": ("ja", "nein"), "fr": ("oui", "non"), "ja": ("はい", "いいえ")}


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Return `value` rounded half away from zero to `decimals` places (negative: tens, hundreds …)."""
    with localcontext() as context:
        context.prec = 60
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def significant(value: Decimal, digits: int) -> tuple[Decimal, int]:
    """Return `value` rounded to `digits` significant digits, and how many decimals that leaves (0 or more)."""
    decimals = 0 if value == 0 else digits - 1 - value.adjusted()
    result = rounded(value, decimals)
    if result and result.adjusted() > value.adjusted():
        decimals -= 1
        result = rounded(value, decimals)
    return result, max(decimals, 0)


def as_decimal(value: object) -> Decimal:
    """Return a number as an exact decimal; raise TypeError for what is no number."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"not a number: {value!r}")
    return Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))


def minor_unit(currency: str) -> int:
    """Return how many decimals the currency has (ISO 4217 through CLDR): EUR 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


@dataclass(frozen=True)
class Formatter:
    """Prints values in one language and, for money, one currency (ISO 4217 code or None)."""

    language: str
    currency: str | None = None

    @cached_property
    def locale(self) -> Locale:
        """Return the CLDR locale of the language."""
        return Locale.parse(_LOCALES.get(self.language, "en_GB"))

    def number(self, value: object, decimals: int | None = None, *, signed: bool = False) -> str:
        """Return a plain number; without `decimals` at most two, trailing zeros left out."""
        exact = as_decimal(value)
        shown = rounded(exact, 2 if decimals is None else decimals)
        fraction = "#" * 2 if decimals is None else "0" * decimals
        text = format_decimal(abs(shown), f"#,##0.{fraction}".rstrip("."), locale=self.locale)
        return _with_sign(_tidy(text), shown, signed)

    def money(self, value: object, decimals: int = 0, *, signed: bool = False) -> str:
        """Return an amount with its currency; `decimals` are never more than the currency has."""
        exact = as_decimal(value)
        if not self.currency:
            return self.number(exact, decimals, signed=signed)
        shown = rounded(exact, min(decimals, minor_unit(self.currency)))
        return _with_sign(self._with_symbol(abs(shown), min(decimals, minor_unit(self.currency)), ""), shown, signed)

    def short_money(self, value: object, digits: int = 3, *, signed: bool = False) -> str:
        """Return an amount with `digits` significant digits and k, m, bn (Tsd., Mio., 万); small ones in units."""
        shown, decimals, suffix, sign = self._scaled(as_decimal(value), digits)
        if not suffix:
            return self.money(value, signed=signed)
        if not self.currency:
            return _with_sign(self._plain(shown, decimals) + suffix, sign, signed)
        return _with_sign(self._with_symbol(shown, decimals, suffix), sign, signed)

    def short_number(self, value: object, digits: int = 3, *, signed: bool = False) -> str:
        """Return a number with `digits` significant digits and k, m, bn."""
        shown, decimals, suffix, sign = self._scaled(as_decimal(value), digits)
        return _with_sign(self._plain(shown, decimals) + suffix, sign, signed)

    def percent(self, value: object, decimals: int = 1, *, signed: bool = False) -> str:
        """Return a fraction as per cent: 0.0512 is 5.1 %. Beyond 1,000 % it prints `>999 %` (measures.md 7.3)."""
        exact = as_decimal(value) * 100
        space = "" if self.language in ("en", "ja") else "\u00a0"
        if abs(exact) >= 1000:
            return f"{MINUS if exact < 0 else ''}>999{space}%"
        shown = rounded(exact, decimals)
        return _with_sign(f"{self._plain(abs(shown), decimals)}{space}%", shown, signed)

    def points(self, value: object, decimals: int = 1, *, signed: bool = True) -> str:
        """Return a difference of ratios, given in percentage points."""
        shown = rounded(as_decimal(value), decimals)
        unit = _POINTS.get(self.language, "pp")
        space = "" if self.language == "ja" else "\u00a0"
        return _with_sign(f"{self._plain(abs(shown), decimals)}{space}{unit}", shown, signed)

    def times(self, value: object, decimals: int = 1, *, signed: bool = False) -> str:
        """Return a multiple such as 2.4×."""
        shown = rounded(as_decimal(value), decimals)
        return _with_sign(f"{self._plain(abs(shown), decimals)}×", shown, signed)

    def days(self, value: object, *, signed: bool = False) -> str:
        """Return a number of days with its noun."""
        shown = rounded(as_decimal(value), 0)
        one, many = _DAYS.get(self.language, _DAYS["en"])
        text = (one if abs(shown) == 1 else many).format(self._plain(abs(shown), 0))
        return _with_sign(text, shown, signed)

    def date(self, value: dt.date) -> str:
        """Return a day such as 9 Nov 2026, 09.11.2026, 2026/11/09."""
        return _tidy(format_date(value, format="medium", locale=self.locale))

    def long_date(self, value: dt.date) -> str:
        """Return a day with its month in full."""
        return _tidy(format_date(value, format="long", locale=self.locale))

    def instant(self, value: dt.datetime) -> str:
        """Return a day and time."""
        return _tidy(format_datetime(value, format="medium", locale=self.locale))

    def month(self, value: dt.date) -> str:
        """Return a month such as Oct 2026."""
        return _tidy(format_skeleton("yMMM", value, locale=self.locale))

    def short_month(self, value: dt.date) -> str:
        """Return a month's short name without the year."""
        return _tidy(format_skeleton("MMM", value, locale=self.locale))

    def yes_no(self, value: bool) -> str:
        """Return yes or no."""
        yes, no = _YES_NO.get(self.language, _YES_NO["en"])
        return yes if value else no

    def print(self, value: object, kind: str, *, signed: bool = False) -> str:
        """Return any typed value as text by its type or unit; an empty one as an empty text."""
        if value is None:
            return ""
        if isinstance(value, dt.datetime):
            return self.instant(value)
        if isinstance(value, dt.date):
            return self.month(value) if kind == "month" else self.date(value)
        if isinstance(value, bool):
            return self.yes_no(value)
        if isinstance(value, tuple | list):
            return ", ".join(self.print(item, "text") for item in value)
        if isinstance(value, int | Decimal | float):
            return self._print_number(value, kind, signed)
        return str(value)

    def exact(self, value: Scalar, unit: str) -> str | bool | list[str] | None:
        """Return a measure's value as machines read it; money has at least the decimals of its currency."""
        is_money = unit in ("money", "money_group")
        return exact(value, minor_unit(self.currency) if is_money and self.currency else 0)

    def _print_number(self, value: Decimal | float, kind: str, signed: bool) -> str:
        match kind:
            case "money" | "money_group":
                return self.money(value, signed=signed)
            case "percent":
                return self.percent(value, signed=signed)
            case "points":
                return self.points(value, signed=signed)
            case "times":
                return self.times(value, signed=signed)
            case "days":
                return self.days(value, signed=signed)
            case "integer" | "score":
                return self.number(value, 0, signed=signed)
            case _:
                return self.number(value, signed=signed)

    def _plain(self, value: Decimal, decimals: int) -> str:
        return _tidy(format_decimal(abs(value), f"#,##0.{'0' * decimals}".rstrip("."), locale=self.locale))

    def _scaled(self, exact: Decimal, digits: int) -> tuple[Decimal, int, str, Decimal]:
        whole, decimals = significant(exact, digits)
        for power, suffix in _SCALES.get(self.language, _SCALES["en"]):
            if abs(whole) >= Decimal(10) ** power:
                shown, decimals = significant(exact.scaleb(-power), digits)
                return abs(shown), decimals, suffix, whole
        return abs(whole), min(decimals, 2), "", whole

    def _with_symbol(self, value: Decimal, decimals: int, suffix: str) -> str:
        sample = _tidy(_currency_pattern(self.currency or "", str(self.locale)))
        return sample.replace("1", self._plain(value, decimals) + suffix)


@lru_cache(maxsize=64)
def _currency_pattern(currency: str, locale: str) -> str:
    """Return how one unit is written, such as `€1` or `1 €`; a code of letters is set off by a space."""
    text = str(format_currency(1, currency, locale=locale, currency_digits=False, format=_whole_pattern(locale)))
    return text.replace("1", "\u00a01") if text.endswith("1") and text[-2].isalpha() else text


def _whole_pattern(locale: str) -> str:
    pattern = str(Locale.parse(locale).currency_formats["standard"].pattern).split(";")[0]
    return pattern.replace("#,##0.00", "0").replace("#,##0", "0")


def _with_sign(text: str, value: Decimal, signed: bool) -> str:
    if value < 0:
        return MINUS + text
    return f"+{text}" if signed and value > 0 else text


def _tidy(text: str) -> str:
    return text.replace("\u202f", "\u00a0").replace("\u2009", "\u00a0")


@dataclass(frozen=True)
class Scale:
    """How all numbers of one figure are printed: divided by 10 ** `power`, with `decimals`, in `unit_label`."""

    formatter: Formatter
    kind: str
    power: int
    decimals: int
    unit_label: str

    def text(self, value: Decimal | None, *, signed: bool = False) -> str:
        """Return one number of the figure without its unit; a gap as an empty text."""
        if value is None:
            return ""
        scaled = (value * 100 if self.kind == "percent" else value).scaleb(-self.power)
        return self.formatter.number(scaled, self.decimals, signed=signed)


_SCALE_NAMES: dict[str, dict[int, str]] = {
    "en": {3: "k", 6: "m", 9: "bn", 12: "tn"},
    "de": {3: "Tsd.", 6: "Mio.", 9: "Mrd.", 12: "Bio."},
    "fr": {3: "k", 6: "M", 9: "Md"},
    "ja": {4: "万", 8: "億", 12: "兆"},
}
_UNIT_NAMES: dict[str, dict[str, str]] = {
    "en": {"percent": "%", "points": "pp", "days": "days", "times": "×"},
    "de": {"percent": "%", "points": "Prozentpunkte", "days": "Tage", "times": "×"},
    "fr": {"percent": "%", "points": "points", "days": "jours", "times": "×"},
    "ja": {"percent": "%", "points": "ポイント", "days": "日", "times": "倍"},
}


def scale_for(formatter: Formatter, kind: str, values: Iterable[Decimal | None], digits: int = 3) -> Scale:
    """Return the scale under which the largest of `values` prints with at most `digits` significant digits."""
    largest = max((abs(value) for value in values if value is not None), default=Decimal(0))
    money = kind in ("money", "money_group")
    names = _SCALE_NAMES.get(formatter.language, _SCALE_NAMES["en"])
    power = 0
    if money or kind in ("number", "integer"):
        largest, _ = significant(largest, digits)
        power = max((step for step in names if largest >= Decimal(10) ** (step if money else step + 1)), default=0)
    if kind == "percent":
        largest *= 100
    _, decimals = significant(largest.scaleb(-power), digits)
    currency = (formatter.currency or "") if money else _UNIT_NAMES.get(formatter.language, {}).get(kind, "")
    limit = 0 if kind in ("integer", "score", "days") and not power else 1 if kind in ("percent", "points") else 2
    return Scale(formatter, kind, power, min(decimals, limit), _unit_label(formatter.language, currency, names, power))


def _unit_label(language: str, currency: str, names: dict[int, str], power: int) -> str:
    scale = names.get(power, "")
    if language == "ja":
        return f"{scale}{'円' if currency == 'JPY' else currency}"
    order = (scale, currency) if language == "de" else (currency, scale)
    return " ".join(part for part in order if part)


# What text in a cell may mean ----------------------------------------------------------------------------------------


def decimal_mark(language: str) -> str:
    """Return the decimal mark of a language, `.` for one that CLDR does not know."""
    locale = _known_locale(language)
    return str(locale.number_symbols["latn"]["decimal"]) if locale else "."


def month_names(language: str) -> dict[str, int]:
    """Return the number of each month by its names in a language, wide and short, folded, without stops."""
    locale = _known_locale(language)
    forms = (
        [locale.months[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated")]
        if locale
        else []
    )
    return {name.casefold().replace(".", ""): number for form in forms for number, name in form.items()}


def exact(value: Scalar, decimals: int = 0) -> str | bool | list[str] | None:
    """Return a value as machines read it: numbers as exact plain texts with at least `decimals`, days as ISO 8601."""
    if isinstance(value, Decimal):
        whole, _, fraction = format(value, "f").partition(".")
        fraction = fraction.rstrip("0").ljust(decimals, "0")
        return f"{whole}.{fraction}" if fraction else whole
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool) else str(value)


def currency_marks(currency: str) -> frozenset[str]:
    """Return what people write for a currency, in capitals: its code, symbols and names in known languages."""
    marks = {currency, get_currency_symbol(currency, "en_US")}
    for locale in _LOCALES.values():
        marks |= {get_currency_symbol(currency, locale), get_currency_name(currency, locale=locale)}
        marks |= {get_currency_name(currency, count, locale) for count in (1, 2)}
    marks |= {mark[-1] for mark in marks if mark and not mark[-1].isalnum()}
    return frozenset(mark.upper() for mark in marks)


def is_currency_mark(text: str) -> bool:
    """Return whether a text is the code of a currency (ISO 4217) or holds the sign of one."""
    return is_currency(text.upper()) or any(unicodedata.category(letter) == "Sc" for letter in text)


@lru_cache(maxsize=32)
def _known_locale(language: str) -> Locale | None:
    try:
        return Locale.parse(_LOCALES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return None
