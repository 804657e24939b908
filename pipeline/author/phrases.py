"""What planpress itself says in a workbook, in the languages it speaks; everything else comes from the template."""

from __future__ import annotations

from pipeline.model import Text

UNKNOWN_WORDS = (
    "unknown", "not known", "unbekannt", "nicht bekannt", "不明", "未確認", "inconnu", "inconnue", "desconocido",
)  # fmt: skip
"""What marks a known gap in any workbook, in lower case: the words that `extract` reads as one."""

YES = Text({"en": "yes", "de": "ja", "fr": "oui", "ja": "はい"})
NO = Text({"en": "no", "de": "nein", "fr": "non", "ja": "いいえ"})

BACK_TO_START = Text({"en": "Back to “{sheet}”", "de": "Zurück zu „{sheet}“", "ja": "「{sheet}」へ戻る"})
COMPLETENESS = Text({"en": "Completeness", "de": "Vollständigkeit", "ja": "記入状況"})
FILLED = Text({"en": "Filled", "de": "Ausgefüllt", "ja": "記入済み"})
ANSWERED = Text(
    {"en": "Answered, “unknown” included", "de": "Beantwortet, „unbekannt“ zählt mit", "ja": "回答済み（「不明」を含む）"}
)
SHEET = Text({"en": "Sheet", "de": "Blatt", "ja": "シート"})
FROM_TIER = Text({"en": "Needed", "de": "Nötig", "ja": "必要"})
CELLS_FILLED = Text({"en": "Filled", "de": "Gefüllt", "ja": "記入"})
CELLS_REQUIRED = Text({"en": "Of", "de": "Von", "ja": "必要数"})
STILL_OPEN = Text({"en": "Open", "de": "Offen", "ja": "未記入"})
PROGRESS = Text({"en": "Progress", "de": "Fortschritt", "ja": "進捗"})
NOTHING_NEEDED = Text({"en": "nothing needed", "de": "nichts nötig", "ja": "必要項目なし"})
METER_NOTE = Text(
    {
        "en": "Counts needed cells only, each sheet weighing the same.",
        "de": "Zählt nur nötige Zellen; jedes Blatt wiegt gleich viel.",
        "ja": "必要なセルだけを数え、各シートを同じ重みで平均します。",
    }
)
LEGEND = Text({"en": "Marks", "de": "Zeichen", "ja": "記号"})
NEEDED_BY_ALL = Text({"en": "needed for every account", "de": "nötig für jeden Kunden", "ja": "すべての顧客で必要"})
NEEDED_FROM = Text({"en": "needed from {tier} on", "de": "nötig ab {tier}", "ja": "「{tier}」以上で必要"})
SHADED = Text({"en": "needed and still open", "de": "nötig und noch offen", "ja": "必要で未記入"})
ACCOUNT_CURRENCY = Text({"en": "account currency", "de": "Kundenwährung", "ja": "顧客通貨"})

PAGE_OF = Text({"en": "Page &P of &N", "de": "Seite &P von &N", "ja": "&P / &N ページ"})

# Messages beside cells. A title holds at most 32 characters, a text 255: Excel's limits.
NEEDED = Text({"en": "Needed.", "de": "Nötig.", "ja": "必要項目です。"})
IF_NOT_KNOWN = Text(
    {"en": "Not known? Write “unknown”.", "de": "Nicht bekannt? „unbekannt“ eintragen.", "ja": "分からない場合は「不明」。"}
)
PLEASE_CHECK = Text({"en": "Please check", "de": "Bitte prüfen", "ja": "ご確認ください"})
KEEP_ANYWAY = Text(
    {
        "en": "“unknown” is fine too. Keep it as it is?",
        "de": "„unbekannt“ ist auch möglich. Trotzdem so lassen?",
        "ja": "「不明」も使えます。このまま残しますか？",
    }
)
EXPECT_CHOICE = Text({"en": "Choose from the list.", "de": "Bitte aus der Liste wählen.", "ja": "一覧から選択してください。"})
EXPECT_REFERENCE = Text(
    {
        "en": "This is not on “{sheet}” yet. Choose from the list, or add it there first.",
        "de": "Das steht noch nicht auf „{sheet}“. Aus der Liste wählen oder dort zuerst eintragen.",
        "ja": "「{sheet}」にまだありません。一覧から選ぶか、先にそちらへ追加してください。",
    }
)
EXPECT_DATE = Text(
    {"en": "A date is expected, such as {example}.", "de": "Ein Datum wird erwartet, z. B. {example}.", "ja": "日付を入力してください（例：{example}）。"}
)
EXPECT_NUMBER = Text({"en": "A number is expected.", "de": "Eine Zahl wird erwartet.", "ja": "数値を入力してください。"})
EXPECT_INTEGER = Text({"en": "A whole number is expected.", "de": "Eine ganze Zahl wird erwartet.", "ja": "整数を入力してください。"})
EXPECT_BETWEEN = Text(
    {"en": "Expected: from {low} to {high}.", "de": "Erwartet: {low} bis {high}.", "ja": "{low} から {high} までの値を入力してください。"}
)
EXPECT_AT_LEAST = Text({"en": "Expected: {low} or more.", "de": "Erwartet: mindestens {low}.", "ja": "{low} 以上の値を入力してください。"})
EXPECT_AT_MOST = Text({"en": "Expected: {high} or less.", "de": "Erwartet: höchstens {high}.", "ja": "{high} 以下の値を入力してください。"})
EXPECT_EMAIL = Text(
    {"en": "An e-mail address has one @ and a domain.", "de": "Eine E-Mail-Adresse hat ein @ und eine Domäne.", "ja": "メールアドレスを入力してください。"}
)
EXPECT_UNIQUE = Text(
    {
        "en": "This stands in another row already. Each row needs its own.",
        "de": "Das steht schon in einer anderen Zeile. Jede Zeile braucht ihr eigenes.",
        "ja": "別の行ですでに使われています。行ごとに異なる値にしてください。",
    }
)
SEVERAL = Text(
    {"en": "Several: separate with a semicolon.", "de": "Mehrere: mit Semikolon trennen.", "ja": "複数の場合はセミコロンで区切ります。"}
)
HEADING_STAYS = Text({"en": "Please keep this heading", "de": "Bitte Überschrift lassen", "ja": "見出しはそのままに"})
HEADING_STAYS_WHY = Text(
    {
        "en": "planpress finds the column by this heading. You may move the column, hide it, or add columns of your own.",
        "de": "planpress findet die Spalte an dieser Überschrift. Verschieben, ausblenden und eigene Spalten sind erlaubt.",
        "ja": "planpress はこの見出しで列を見つけます。列の移動、非表示、独自の列の追加は自由です。",
    }
)

DATE_FORMATS = {"en": "d mmm yyyy", "de": "dd.mm.yyyy", "fr": "dd/mm/yyyy", "ja": "yyyy/mm/dd"}
DATE_EXAMPLES = {"en": "31 Dec 2026", "de": "31.12.2026", "fr": "31/12/2026", "ja": "2026/12/31"}
MONTH_FORMATS = {"en": "mmm yyyy", "de": "mm/yyyy", "fr": "mm/yyyy", "ja": "yyyy/mm"}
