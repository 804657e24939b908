"""Where a template's pictures and styles may come from: the files of its output set, and from nowhere else.

Two fences. When a template is read, every address written in it must lead to a file of the set. When it is drawn,
WeasyPrint's fetcher looks addresses up in those files and stops at the first that is not there, which also holds for
addresses that only come about with the data, for `@import`, for pictures inside SVG and for attachments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from mimetypes import guess_type
from operator import itemgetter
from posixpath import normpath
from urllib.parse import unquote, urljoin, urlsplit

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

BASE = "http://output-set.invalid/"
"""Stands for the set's folder; `.invalid` can never be resolved (RFC 2606)."""

_ANCHOR = re.compile(r"<a\b[^>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-z][^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\s(?:src|href|data|poster|background|srcset|xlink:href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""",
    re.IGNORECASE,
)
_STYLE = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]+))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
_TAGS = ("{{", "{%")


class OwnFiles(URLFetcher):  # type: ignore[misc] # WeasyPrint has no annotations
    """Looks addresses up in the files of one output set; opens nothing, whatever the scheme.

    `refused` are sentences on the addresses that led elsewhere. A refusal ends the drawing, unless it happens inside
    an SVG picture, where WeasyPrint goes on after any error: so whoever draws has to look at `refused` as well.
    """

    def __init__(self, template: str, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._template, self._files = template, files
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - the fetcher's interface
        """Return a file of the set, or a `data:` address that a file of the set spells out.

        Raises:
            FatalURLFetchingError: the address leads anywhere else.
        """
        if url.startswith("data:"):
            return self._spelt_out(url)
        path = own_path(url)
        if path is None or path not in self._files:
            raise self._refusal(url)
        return URLFetcherResponse(url, self._files[path], {"Content-Type": _media_type(path)})

    def _spelt_out(self, url: str) -> URLFetcherResponse:
        if not any(url.encode() in content for name, content in self._files.items() if _is_text(name)):
            raise self._refusal(f"{url[:40]}…")
        return URLFetcher(allowed_protocols=("data",)).fetch(url)

    def _refusal(self, url: str) -> FatalURLFetchingError:
        shown = url.removeprefix(BASE)
        self.refused.append(
            f"{self._template}: `{shown}` is no file of this output set, and nothing else is ever fetched."
        )
        return FatalURLFetchingError(self.refused[-1])


def own_path(url: str) -> str | None:
    """Return the path within the set that an absolute address stands for, None for an address elsewhere."""
    if not url.startswith(BASE):
        return None
    return normpath(unquote(urlsplit(url).path)).lstrip("/")


def _media_type(path: str) -> str:
    return guess_type(path)[0] or "application/octet-stream"


def _is_text(name: str) -> bool:
    return name.endswith((".html", ".css", ".svg"))


def style_sheets(templates: Iterable[str], files: Mapping[str, bytes]) -> list[str]:
    """Return the style sheets of the set that templates link or import, and those these import, each once."""
    found: list[str] = []
    waiting = list(templates)
    while waiting:
        name = waiting.pop()
        for _, address in _addresses(name, files):
            path = own_path(urljoin(BASE + name, address))
            if path is not None and path.endswith(".css") and path in files and path not in found:
                found.append(path)
                waiting.append(path)
    return sorted(found)


def foreign_addresses(name: str, files: Mapping[str, bytes]) -> Iterator[tuple[int, str]]:
    """Yield line and address of everything that file `name` would fetch and that is no file of the set.

    Addresses with tags in them are known only when a document is drawn; the fetcher judges those.
    """
    for line, address in _addresses(name, files):
        if any(tag in address for tag in _TAGS) or address.startswith(("#", "data:")) or not address:
            continue
        path = own_path(urljoin(BASE + name, address))
        if path is None or path not in files:
            yield line, address


def _addresses(name: str, files: Mapping[str, bytes]) -> Iterator[tuple[int, str]]:
    text = files[name].decode("utf-8", errors="replace")
    # Links are only followed by readers, so they may lead anywhere; blanked out, lines keep their numbers.
    fetched = _ANCHOR.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    in_markup = (
        (tag.start() + found.start(), found)
        for tag in _MARKUP.finditer(fetched)
        for found in _ATTRIBUTE.finditer(tag.group())
    )
    in_styles = ((found.start(), found) for found in _STYLE.finditer(fetched))
    for start, found in sorted(chain(in_markup, in_styles), key=itemgetter(0)):
        address = next((group for group in found.groups() if group is not None), "")
        yield fetched.count("\n", 0, start) + 1, address.strip()
