"""The joint plan with bare WeasyPrint, from finished HTML: the filling of a template is left out, too."""

from __future__ import annotations

from collections.abc import Mapping

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

_TYPES = {"css": "text/css", "svg": "image/svg+xml", "png": "image/png"}


class _Folder(URLFetcher):  # type: ignore[misc] # WeasyPrint has no annotations
    def __init__(self, base: str, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._base, self._files = base, files

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - the fetcher's interface
        path = url.removeprefix(self._base)
        return URLFetcherResponse(url, self._files[path], {"Content-Type": _TYPES[path.rpartition(".")[2]]})


def make_joint_plan(page: str, brand_style: str, base: str, files: Mapping[str, bytes]) -> bytes:
    """Return the PDF of a page of HTML; `files` are those it may name, by path relative to `base`."""
    html = HTML(string=page, base_url=base, url_fetcher=_Folder(base, files))
    content: bytes = html.write_pdf(stylesheets=[CSS(string=brand_style)], pdf_variant="pdf/ua-1")
    return content
