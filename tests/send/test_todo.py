"""The to-do list: worst first, short, in the owner's language, and nothing in it is markup."""

from datetime import date
from html.parser import HTMLParser

import pytest

from pipeline.model import CellRef, Finding, Severity, Text
from pipeline.send.todo import MOST_LINES, todo_page


def finding(severity: str, message: str, cell: str = "Sheet!1", *blocks: str) -> Finding:
    sheet, _, row = cell.partition("!")
    place = CellRef(sheet, int(row), 7) if row else None
    return Finding("told", Severity(severity), Text.plain(message), place, blocks=blocks)


class Page(HTMLParser):
    """The rows of a page, and how deep in folded parts they lie."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.rows: list[tuple[int, list[str]]] = []
        self.tags: list[str] = []
        self.text, self._folded, self._in_cell = "", 0, False
        self.feed(content.decode())

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._folded += tag == "details"
        if tag == "tr":
            self.rows.append((self._folded, []))
        if tag == "td":
            self.rows[-1][1].append("")
        self._in_cell = (tag in ("td", "span", "b") and self._in_cell) or tag == "td"

    def handle_endtag(self, tag: str) -> None:
        self._folded -= tag == "details"
        if tag == "td":
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.rows[-1][1][-1] += data

    def lines(self, *, folded: bool) -> list[list[str]]:
        return [cells for depth, cells in self.rows if cells and bool(depth) == folded]


def page_of(*findings: Finding, language: str = "en", title: str = "Contoso", **more: object) -> Page:
    return Page(todo_page(findings, title=title, file="Contoso.xlsx", language=language, **more))  # type: ignore[arg-type]


def test_errors_come_first_with_sheet_cell_and_what_they_stop() -> None:
    page = page_of(
        finding("warning", "Look at this."),
        finding("error", "This is no date.", "Dates!5", "first"),
        documents={"first": Text({"en": "The deck", "de": "Das Deck"})},
    )
    assert page.lines(folded=False) == [
        ["Error", "Dates G5", "This is no date.", "The deck"],
        ["Warning", "Sheet G1", "Look at this.", ""],
    ]
    assert "These documents wait until the errors are corrected; their last good edition stays: The deck." in page.text


def test_an_error_that_names_no_document_stops_all() -> None:
    page = page_of(finding("error", "This is no workbook.", ""))
    assert page.lines(folded=False) == [["Error", "The file", "This is no workbook.", "all documents"]]


def test_what_stops_every_document_comes_before_what_stops_some() -> None:
    page = page_of(finding("error", "One waits.", "Dates!5", "first"), finding("error", "All wait.", "Dates!6"))
    assert [line[2] for line in page.lines(folded=False)] == ["All wait.", "One waits."]


def test_at_most_twenty_lines_are_unfolded() -> None:
    page = page_of(*(finding("error", f"Fault {number}.", f"Sheet!{number}") for number in range(1, 200)))
    assert len(page.lines(folded=False)) == MOST_LINES == 20
    assert len(page.lines(folded=True)) == 179
    assert "Show the other 179" in page.text


def test_what_is_missing_is_folded_by_sheet() -> None:
    prompts = [finding("prompt", f"{name} is missing.", f"{name}!{row}") for name in ("One", "Two") for row in (1, 2)]
    page = page_of(*prompts)
    assert page.lines(folded=False) == []
    assert page.lines(folded=True) == [
        ["Missing", "One G1:G2", "One is missing."],
        ["Missing", "Two G1:G2", "Two is missing."],
    ]


def test_the_same_said_of_many_cells_is_one_line() -> None:
    page = page_of(*(finding("warning", "This is late.", f"Sheet!{row}") for row in (3, 4, 5, 9)))
    assert page.lines(folded=False) == [["Warning", "Sheet G3:G5, G9", "This is late."]]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "To do"), ("de", "Zu erledigen"), ("ja", "やることリスト"), ("fr", "To do")],
)
def test_the_page_speaks_the_owners_language(language: str, words: str) -> None:
    page = page_of(finding("error", "Fault."), language=language, as_of=date(2026, 10, 31))
    assert words in page.text


def test_text_from_a_workbook_is_never_markup() -> None:
    page = page_of(finding("error", '<img src=x onerror=alert(1)> {{ 7*7 }} R&D "x"'), title="<script>A</script> & Co")
    assert not {"img", "script"} & set(page.tags)
    assert '<img src=x onerror=alert(1)> {{ 7*7 }} R&D "x"' in page.text
    assert "<script>A</script> & Co" in page.text


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    content = todo_page([finding("error", "Fault.")], title="Contoso", file="a.xlsx", language="en").decode()
    assert "default-src 'none'" in content
    assert not [word for word in ("http:", "https:", "<script", "<link", "@import", "url(") if word in content]


def test_equal_findings_make_equal_bytes() -> None:
    found = [finding("error", "Fault."), finding("prompt", "Missing.")]
    pages = {todo_page(found, title="Contoso", file="a.xlsx", language="en") for _ in range(3)}
    assert len(pages) == 1


def test_a_short_list_of_what_is_missing_lies_open_a_long_one_is_folded() -> None:
    few, many = ([finding("prompt", f"Add {number}.") for number in range(count)] for count in (2, 30))
    assert "<details open>" in todo_page(few, title="Contoso", file="a.xlsx", language="en").decode()
    assert "<details open>" not in todo_page(many, title="Contoso", file="a.xlsx", language="en").decode()


def test_the_owner_of_a_draft_is_told_what_makes_it_one() -> None:
    missing = finding("prompt", "Add this.")
    assert "are drafts" in page_of(missing, draft=True).text
    assert "are drafts" not in page_of(missing).text
    assert "are drafts" not in page_of(missing, finding("error", "Wrong."), draft=True).text
