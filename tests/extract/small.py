"""A small template, and workbooks made from it, for the tests of reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.extract import extract
from pipeline.model import Finding, Row, Table, Workbook
from tests.support.workbooks import Sheets, arrival, template, workbook

SMALL = template("""
template: small
version: 2
title: {en: Small plan, de: Kleiner Plan, ja: 小さな計画}
roles: {id: client.code, name: client.name, tier: client.tier, currency: client.currency, language: client.language}
tiers: [Basic, Full]
sheets:
  - {sheet: {en: Guide, de: Anleitung, ja: 案内}, kind: guidance, text: Fill it in.}
  - sheet: {en: Client, de: Mandant, ja: 取引先}
    kind: form
    name: client
    fields:
      - {name: code, label: {en: Client ID, de: Mandantennummer, ja: 取引先ID}, type: text, required: true, pattern: "[A-Z0-9-]{3,20}", help: "3 to 20 capitals or digits."}
      - {name: name, label: {en: Name, de: Name, ja: 名称}, type: text, required: true, customer: yes}
      - {name: tier, label: {en: Tier, de: Stufe, ja: ランク}, type: choice, choices: {Basic: {en: Basic, de: Basis, ja: 基本}, Full: {en: Full, de: Voll, ja: 完全}}}
      - {name: currency, label: {en: Currency, de: Währung, ja: 通貨}, type: choice, choices: {EUR: EUR, USD: USD, JPY: JPY, CHF: CHF, GBP: GBP}}
      - {name: language, label: {en: Language, de: Sprache, ja: 言語}, type: choice, choices: {en: {en: English, de: Englisch}, de: {en: German, de: Deutsch}, ja: {en: Japanese, ja: 日本語}}}
      - {name: spend, label: {en: Yearly spend, de: Jährliche Ausgaben, ja: 年間支出}, aliases: [Spend], type: money, unit: {en: per year, de: pro Jahr}}
      - {name: founded, label: {en: Founded, de: Gegründet, ja: 設立}, type: date, since: 2}
      - {name: story, label: {en: Story, de: Geschichte, ja: 沿革}, type: long_text, from_tier: Full}
  - sheet: {en: Tasks, de: Aufgaben, ja: 作業}
    kind: table
    name: tasks
    key: ["no"]
    prefix: T
    aliases: [To do]
    fields:
      - {name: "no", label: {en: "No.", de: "Nr.", ja: 番号}, type: text, required: true}
      - {name: what, label: {en: Task, de: Aufgabe, ja: 内容}, type: text, required: true}
      - {name: due, label: {en: Due, de: Fällig, ja: 期限}, aliases: [Due date], type: date, required: true}
      - {name: amount, label: {en: Amount (net), de: Betrag (netto), ja: 金額}, type: money}
      - {name: share, label: {en: Share, de: Anteil, ja: 割合}, type: percent, min: 0, max: 1}
      - {name: pieces, label: {en: Pieces, de: Stück, ja: 個数}, type: integer, min: 0}
      - {name: "open", label: {en: Still open, de: Noch offen, ja: 未完了}, type: yes_no, default: true}
      - {name: state, label: {en: State, de: Zustand, ja: 状態}, type: choice, choices: {new: {en: New, de: Neu, ja: 新規}, done: {en: Done, de: Fertig, ja: 完了}, unknown: {en: Unknown, de: Unbekannt, ja: 不明}}}
      - {name: serves, label: {en: Serves, de: Dient, ja: 対象}, type: references, to: [tasks]}
      - {name: month, label: {en: Month, de: Monat, ja: 年月}, type: month}
      - {name: mail, label: {en: E-mail, de: E-Mail, ja: メール}, type: email}
      - {name: link, label: {en: Link, de: Verweis, ja: リンク}, type: url}
      - {name: image, label: {en: Picture, de: Bild, ja: 画像}, type: picture}
      - {name: note, label: {en: Note, de: Notiz, ja: メモ}, type: long_text}
  - sheet: {en: Words, de: Wörter, ja: 用語}
    kind: tables
    lookup: true
    tables:
      - {name: goods, title: {en: Goods, de: Waren, ja: 商品}, key: [name], fields: [
          {name: name, label: {en: Good, de: Ware, ja: 品名}, type: text, required: true}, {name: size, label: {en: Size, de: Größe, ja: 大きさ}, type: number}]}
      - {name: places, title: {en: Places, de: Orte, ja: 場所}, key: [name], prefill: [{name: {en: North, de: Nord, ja: 北}}], fields: [
          {name: name, label: {en: Place, de: Ort, ja: 場所名}, type: text, required: true}]}
  - sheet: {en: Extras, de: Zusätze, ja: 追加}
    kind: table
    name: extras
    from_tier: Full
    key: [title]
    fields:
      - {name: title, label: {en: Title, de: Titel, ja: 題名}, type: text, required: true}
      - {name: rank, label: {en: Rank, de: Rang, ja: 順位}, type: integer, required: true}
""")

TASKS = ["No.", "Task", "Due", "Amount (net)", "Share", "Pieces", "Still open", "State", "Serves", "Month", "E-mail", "Link", "Picture", "Note"]  # fmt: skip
CLIENT: list[list[Any]] = [["Client ID", "CON-1"], ["Name", "Contoso"], ["Tier", "Basic"], ["Currency", "EUR"],
                           ["Language", "English"], ["Yearly spend", 1000], ["Founded", "1999-05-01"]]  # fmt: skip
WORDS: list[list[Any]] = [["Good", "Size", None, "Place"], ["Pump", 2, None, "North"]]


def good(**changes: Sequence[Sequence[Any]] | Any) -> Sheets:
    """Return the sheets of a plain good workbook, each of `changes` in the place of its own (None: left out)."""
    sheets = {"Client": CLIENT, "Tasks": [TASKS], "Words": WORDS} | changes
    return {title: rows for title, rows in sheets.items() if rows is not None}


def read(content: bytes | Sheets) -> Workbook:
    """Return what is read from bytes, or from sheets written into a workbook of version 2."""
    found = content if isinstance(content, bytes) else workbook(content, version=2)
    return extract(arrival(found), {"small": SMALL})


def tasks(*rows: Sequence[Any], heading: Sequence[Any] = TASKS, **client: str) -> Table:
    """Return the table of tasks from these rows under the usual headings."""
    return read(good(Tasks=[heading, *rows])).tables["tasks"]


def found(workbook: Workbook) -> list[tuple[str, str]]:
    """Return code and place of each finding."""
    return [(finding.id, finding.place) for finding in workbook.findings]


def only(workbook: Workbook, code: str) -> Finding:
    """Return the one finding with this code."""
    (finding,) = [finding for finding in workbook.findings if finding.id == code]
    return finding


def filled(row: Row) -> dict[str, Any]:
    """Return the values of a row that are not empty."""
    return {name: value for name, value in row.values.items() if value is not None}
