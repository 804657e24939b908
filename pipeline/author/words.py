"""Words and patterns that cells of a workbook share with their reader, by language."""

from __future__ import annotations

from pipeline.model import Text

UNKNOWN_WORDS = (
    "unknown", "not known", "unbekannt", "nicht bekannt", "不明", "未確認", "inconnu", "inconnue", "desconocido",
)  # fmt: skip
"""What marks a known gap in any workbook, in lower case: the words that `extract` reads as one."""

YES = Text({"en": "yes", "de": "ja", "fr": "oui", "ja": "はい"})
NO = Text({"en": "no", "de": "nein", "fr": "non", "ja": "いいえ"})

DATE_FORMATS = {"en": "d mmm yyyy", "de": "dd.mm.yyyy", "fr": "dd/mm/yyyy", "ja": "yyyy/mm/dd"}
DATE_EXAMPLES = {"en": "31 Dec 2026", "de": "31.12.2026", "fr": "31/12/2026", "ja": "2026/12/31"}
MONTH_FORMATS = {"en": "mmm yyyy", "de": "mm/yyyy", "fr": "mm/yyyy", "ja": "yyyy/mm"}
