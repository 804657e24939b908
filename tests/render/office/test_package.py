"""Packages: parts, relationships and names survive reading, copying and writing."""

import io
import zipfile

import pytest
from pptx import Presentation

from pipeline.render.archive import normalise_archive, read_archive, write_archive
from pipeline.render.office.bindings import (
    DOCUMENT_KEYS,
    FigureCall,
    read_binding,
    read_figure_call,
    read_leading_lines,
)
from pipeline.render.office.names import parse
from pipeline.render.office.package import Package, Part
from tests.support.office_checks import office_faults


def presentation(slides: int = 2) -> bytes:
    deck = Presentation()
    for _ in range(slides):
        deck.slides.add_slide(deck.slide_layouts[0])
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def test_what_is_read_is_written_with_the_same_parts_and_types() -> None:
    content = presentation()
    written = Package.read(content).write()

    old, new = read_archive(content), read_archive(written)
    assert set(old) == set(new)
    assert all(old[name] == new[name] for name in old if not name.endswith(".rels") and name != "[Content_Types].xml")
    assert office_faults(written) == []


def test_a_copy_is_changed_without_changing_the_original() -> None:
    package = Package.read(presentation())
    before = package.write()
    copy = package.copy()
    slide = next(copy.main().related("slide"))
    slide.root.set("show", "0")

    assert package.write() == before
    assert b'show="0"' in read_archive(copy.write())[slide.name.lstrip("/")]


def test_cloned_parts_have_names_of_their_own_and_keep_ids_of_relationships() -> None:
    package = Package.read(presentation())
    slide = next(package.main().related("slide"))

    clones = [package.clone(slide, lambda relationship: relationship.kind.endswith("slideLayout")) for _ in range(3)]

    assert [clone.name for clone in clones] == [f"/ppt/slides/slide{number}.xml" for number in (3, 4, 5)]
    assert all(clone.relationships.keys() == slide.relationships.keys() for clone in clones)
    assert clones[0].first("slideLayout") is slide.first("slideLayout")


def test_pruning_drops_what_no_name_in_the_xml_brings_to_life() -> None:
    part = Part("/ppt/slides/slide1.xml", "application/x+xml", parse(b"<a xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships' r:id='rId1'/>"))  # fmt: skip  # noqa: E501
    kept, dropped = Part("/a.xml", "x+xml", b"<a/>"), Part("/b.xml", "x+xml", b"<b/>")
    for kind, target in (("chart", kept), ("chart", dropped), ("slideLayout", dropped)):
        part.relate(kind, target)

    part.prune()

    assert [item.kind.rpartition("/")[2] for item in part.relationships.values()] == ["chart", "slideLayout"]


def test_an_archive_says_the_same_whatever_the_clock_said() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.xml", (2026, 1, 2, 3, 4, 6)), b"x")

    assert normalise_archive(target.getvalue()) == write_archive([("a.xml", b"x")])


def test_entities_of_a_part_are_not_expanded() -> None:
    root = parse(b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>')

    assert root.text is None


@pytest.mark.parametrize(
    ("text", "values", "description"),
    [
        ("chart: revenue", {"chart": "revenue"}, ""),
        ("Chart : revenue(product=“x”)\n", {"chart": 'revenue(product="x")'}, ""),
        ("A chart of sales\nif: a – b > 0", {"if": "a - b > 0"}, "A chart of sales"),
        ("alt: „Zitat“ bleibt", {"alt": "„Zitat“ bleibt"}, ""),
        ("Picture 3: a house", {}, "Picture 3: a house"),
    ],
)
def test_alt_texts_hold_bindings_and_words(text: str, values: dict[str, str], description: str) -> None:
    binding = read_binding(text)

    assert (dict(binding.values), binding.description, binding.problems) == (values, description, ())


def test_keys_that_a_format_does_not_know_are_words_there() -> None:
    assert read_binding("rows: 3", DOCUMENT_KEYS).description == "rows: 3"


def test_leading_lines_of_notes_end_at_the_first_other_line() -> None:
    binding, taken = read_leading_lines(["For: x in y", "where: x.a", "Say this", "if: never"])

    assert (dict(binding.values), taken) == ({"for": "x in y", "where": "x.a"}, 2)


@pytest.mark.parametrize(
    ("value", "call"),
    [
        ("revenue", FigureCall("revenue")),
        ("revenue(product=p.name, top=3)", FigureCall("revenue", "dict(product=p.name, top=3)")),
        ("revenue of p", None),
        ("2nd", None),
    ],
)
def test_figures_are_called_by_name_with_arguments(value: str, call: FigureCall | None) -> None:
    assert read_figure_call(value) == call
