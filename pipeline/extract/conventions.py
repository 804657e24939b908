"""How an account writes numbers and dates in text, told by the languages and the currency it uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pipeline.formats import currency_marks, decimal_mark

DateOrder = Literal["day first", "month first"]

_COMMA_CURRENCIES = frozenset(
    {"EUR", "DKK", "NOK", "SEK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "RSD"}
    | {"BRL", "ARS", "CLP", "COP", "IDR", "VND"}
)
_EITHER_CURRENCIES = frozenset({"CHF", "CAD", "ZAR"})
_YEAR_FIRST_LANGUAGES = frozenset({"ja", "zh", "ko", "hu"})
_MONTH_FIRST_CURRENCIES = frozenset({"USD"})
_EITHER_ORDER_CURRENCIES = frozenset({"CAD", "PHP"})


@dataclass(frozen=True)
class Conventions:
    """Languages of an account (its own, and that of the labels) and its currency (ISO 4217), as far as known."""

    languages: tuple[str, ...] = ()
    currency: str | None = None

    @cached_property
    def decimal_mark(self) -> str | None:
        """Return `.` or `,`, or None when the languages and the currency do not agree."""
        marks = {decimal_mark(language) for language in self.languages}
        if self.currency and self.currency not in _EITHER_CURRENCIES:
            marks.add("," if self.currency in _COMMA_CURRENCIES else ".")
        return marks.pop() if len(marks) == 1 else None

    @cached_property
    def date_order(self) -> DateOrder | None:
        """Return whether 03/11/2026 begins with the day or the month, or None when that cannot be told."""
        orders = {self._order(language) for language in self.languages}
        return orders.pop() if len(orders) == 1 else None

    def _order(self, language: str) -> DateOrder | None:
        if language in _YEAR_FIRST_LANGUAGES:
            return None
        if language != "en":
            return "day first"
        if self.currency is None or self.currency in _EITHER_ORDER_CURRENCIES:
            return None
        return "month first" if self.currency in _MONTH_FIRST_CURRENCIES else "day first"

    @cached_property
    def currency_marks(self) -> frozenset[str]:
        """Return the texts that mean the account's currency, in capitals: its code, symbols and names."""
        return currency_marks(self.currency) if self.currency else frozenset()
