"""What is compared with what, and how many times as long it may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.bare.deck import make_deck
from benchmarks.bare.joint_plan import make_joint_plan
from benchmarks.bare.plan import make_plan
from benchmarks.bare.reading import read_with_calamine, read_with_openpyxl
from benchmarks.bare.variance_report import make_variance_report
from benchmarks.command_line import help_in_turn
from benchmarks.content.deck import deck_content
from benchmarks.content.plan import plan_content
from benchmarks.content.report import report_content
from benchmarks.product import Product
from benchmarks.timing import Timing, in_turn
from pipeline.render.documents import SetFigures
from pipeline.render.pdf.brand_style import brand_css
from pipeline.render.pdf.render import fill
from pipeline.render.pdf.sources import BASE
from pipeline.render.pdf.template import HtmlTemplate

Work = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Comparison:
    """planpress and a bare library at the same work; `limit` is how many times as long planpress may take."""

    work: str
    against: str
    limit: float
    product: Timing
    bare: Timing

    @property
    def ratio(self) -> float:
        """Return how many times the processor time of the bare library planpress takes.

        Works here run on one core; processor time does not count what other programs on the machine take.
        """
        return self.product.processor / self.bare.processor

    @property
    def ratio_of_wall_times(self) -> float:
        """Return how many times the time on the wall planpress takes."""
        return self.product.wall / self.bare.wall


def comparisons(product: Product, rounds: int) -> Iterator[Comparison]:
    """Yield each comparison as it is made."""
    content = product.arrival.content
    for read, against, limit in (
        (read_with_calamine, "python-calamine merely reading all sheets", 8.0),
        (read_with_openpyxl, "openpyxl, read-only, the same cells", 1.0),
    ):
        own, bare = in_turn([product.read, lambda read=read: read(content)], rounds)  # type: ignore[misc]
        yield Comparison("Reading a workbook", against, limit, own, bare)
    for pair in (deck(product), plan(product), joint_plan(product), variance_report(product)):
        own, bare = in_turn([pair.product, pair.bare], rounds)
        yield Comparison(pair.work, pair.against, pair.limit, own, bare)
    own, bare = help_in_turn(rounds)
    yield Comparison("`planpress --help`", "Typer, the same commands and texts", 1.3, own, bare)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same document made twice: by planpress from template and view, by a script from plain data."""

    work: str
    against: str
    limit: float
    product: Work
    bare: Work


def deck(product: Product) -> Pair:
    """Return the deck and the script that makes it with python-pptx."""
    document = product.document(".pptx")
    seen, template = product.view(document), product.files[document.definition.template]
    content = deck_content(product.render(document, seen))
    return Pair(
        "Deck", "python-pptx by hand", 1.3, lambda: product.render(document, seen), lambda: make_deck(template, content)
    )


def plan(product: Product) -> Pair:
    """Return the plan and the script that makes it with python-docx."""
    document = product.document(".docx")
    seen, template = product.view(document), product.files[document.definition.template]
    content = plan_content(product.render(document, seen))
    return Pair(
        "Plan", "python-docx by hand", 1.3, lambda: product.render(document, seen), lambda: make_plan(template, content)
    )


def joint_plan(product: Product) -> Pair:
    """Return the joint plan and the script that makes it with WeasyPrint from the filled page."""
    document = product.document(".html")
    seen, definitions = product.view(document), product.compiled.definitions
    figures = SetFigures({figure.id: figure for figure in definitions.outputs.figures}, seen)
    if not isinstance(document.template, HtmlTemplate):
        raise TypeError("an .html template is compiled as HTML")
    page, style = fill(document.template, seen, figures=figures, brand=definitions.brand), brand_css(definitions.brand)
    return Pair(
        "Joint plan", "WeasyPrint with the finished HTML", 1.1, lambda: product.render(document, seen),
        lambda: make_joint_plan(page, style, BASE, product.files),
    )  # fmt: skip


def variance_report(product: Product) -> Pair:
    """Return the variance report and the script that makes it with XlsxWriter."""
    document = product.document(".yaml")
    seen = product.view(document)
    content = report_content(product.render(document, seen))
    return Pair(
        "Variance report", "XlsxWriter by hand", 1.3, lambda: product.render(document, seen),
        lambda: make_variance_report(content),
    )  # fmt: skip
