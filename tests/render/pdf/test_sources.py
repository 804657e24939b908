"""Nothing is fetched but the files of the output set, whatever a template or a cell says."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pipeline.errors import RenderError
from tests.render.pdf.small import drawn, template, text_of, view

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#1E4471"/>{}</svg>'
ADDRESSES = ["https://example.com/x", "file:///etc/passwd", "/etc/passwd", "../../etc/passwd", "ftp://example.com/x"]


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Run a server on this machine that writes down what it is asked for."""
    asked: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    listening = HTTPServer(("127.0.0.1", 0), Ear)
    Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}", asked
    listening.shutdown()
    listening.server_close()


def test_markup_in_a_cell_is_text() -> None:
    cell = "<img src=file:///etc/passwd>"
    assert cell in text_of(drawn(template("<p>{{ account.name }}</p>"), view(name=cell)).content)


def test_tags_in_a_cell_are_text() -> None:
    assert "{{ 7*7 }}" in text_of(drawn(template("<p>{{ account.name }}</p>"), view(name="{{ 7*7 }}")).content)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "body",
    [
        '<img src="{{ account.name }}" alt="x">',
        '<p style="background: url({{ account.name }})">x</p>',
        '<style>@import "{{ account.name }}";</style>',
        '<link rel="stylesheet" href="{{ account.name }}">',
        '<link rel="attachment" href="{{ account.name }}">',
        '<a rel="attachment" href="{{ account.name }}">x</a>',
        '<object data="{{ account.name }}">x</object>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{{ account.name }}" width="9" height="9"/></svg>',
    ],
)
def test_an_address_from_a_cell_ends_the_drawing(body: str, address: str) -> None:
    with pytest.raises(RenderError, match=r"page\.html: `.+` is no file of this output set"):
        drawn(template(body), view(name=address))


def test_a_server_is_never_asked(server: tuple[str, list[str]]) -> None:
    address, asked = server
    with pytest.raises(RenderError):
        drawn(template('<img src="{{ account.name }}" alt="x">'), view(name=f"{address}/pixel.png"))
    assert asked == []


def test_a_base_address_does_not_help() -> None:
    body = '<base href="{{ account.name }}"><img src="logo.svg" alt="x">'
    with pytest.raises(RenderError, match=r"is no file of this output set"):
        drawn(template(body, files={"logo.svg": SQUARE.format("")}), view(name="file:///etc/"))


def test_a_picture_of_the_set_cannot_fetch_either(tmp_path: Path) -> None:
    inner = SQUARE.format('<image href="file:///etc/passwd" width="9" height="9"/>')
    with pytest.raises(RenderError, match=r"etc/passwd"):
        drawn(template('<img src="brand/logo.svg" alt="x">', files={"brand/logo.svg": inner}))


def test_data_addresses_stand_only_where_the_set_spells_them_out() -> None:
    pixel = "data:image/svg+xml;utf8,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/%3E"
    assert drawn(template(f'<img src="{pixel}" alt="x">')).content
    with pytest.raises(RenderError, match=r"data:text/html"):
        drawn(template('<img src="{{ account.name }}" alt="x">'), view(name="data:text/html,<p>hello"))


def test_files_of_the_set_are_found_from_where_they_are_named() -> None:
    files: dict[str, str | bytes] = {
        "style/a.css": '@import "b.css"; h1 { font-size: 40pt }',
        "style/b.css": "body { background: url(../brand/logo.svg) }",
        "brand/logo.svg": SQUARE.format(""),
    }
    body = '<h1>{{ account.name }}</h1><img src="brand/logo.svg" alt="Logo">'
    content = drawn(template(body, '<link rel="stylesheet" href="style/a.css">', files), view(name="Contoso")).content
    assert text_of(content) == "Contoso"
