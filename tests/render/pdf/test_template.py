"""HTML templates are read once, and what cannot work is told with file and line before any account is drawn."""

import pytest

from pipeline.errors import DefinitionError
from tests.render.pdf.small import template


def faults(body: str, head: str = "", files: dict[str, str | bytes] | None = None) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        template(body, head, files)
    return [str(fault) for fault in caught.value.faults]


def test_a_tag_that_cannot_be_read_is_told_with_its_line() -> None:
    (fault,) = faults("<p>\n{{ account.name</p>")
    assert fault.startswith("set/page.html:4: ")


def test_an_unknown_filter_is_told_with_its_line() -> None:
    assert faults("{{ account.name | shout }}") == ["set/page.html:3: No filter named 'shout'."]


def test_a_template_that_is_not_in_the_set_cannot_be_included() -> None:
    (fault,) = faults('{% include "../secret.html" %}')
    assert fault == "set/page.html:3: `../secret.html` is no file of this output set."


def test_a_template_named_by_data_cannot_be_included() -> None:
    (fault,) = faults("{% include account.name %}")
    assert fault == "set/page.html:3: Name the other template by a text in quotes."


def test_faults_of_included_templates_name_their_own_file() -> None:
    (fault,) = faults('{% include "part.html" %}', files={"part.html": "\n{% if %}"})
    assert fault.startswith("set/part.html:2: ")


def test_what_is_missing_altogether_is_told() -> None:
    assert faults("", files={"page.html": b"\xff"}) == ["set/page.html: This file is not UTF-8 text."]


@pytest.mark.parametrize(
    "body",
    [
        '<img src="https://example.com/logo.png" alt="">',
        "<img alt='' src=http://example.com/logo.png>",
        '<img src="//example.com/logo.png" alt="">',
        '<img src="file:///etc/passwd" alt="">',
        '<img src="/etc/passwd" alt="">',
        '<img src="../../etc/passwd" alt="">',
        '<p style="background: url(https://example.com/a.png)">x</p>',
        '<object data="ftp://example.com/x"></object>',
        '<style>@import "https://example.com/a.css";</style>',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link href="missing.css" rel="stylesheet">',
    ],
)
def test_an_address_outside_the_set_is_refused(body: str) -> None:
    (fault,) = faults(body)
    assert fault.startswith("set/page.html:3: `")
    assert "is no file of this output set, and nothing else is ever fetched." in fault


def test_style_sheets_are_searched_too_and_those_they_import() -> None:
    files: dict[str, str | bytes] = {
        "a.css": '@import "b.css";',
        "b.css": "\n@font-face { src: url(https://example.com/f.woff) }",
    }
    (fault,) = faults("", '<link rel="stylesheet" href="a.css">', files)
    assert fault.startswith("set/b.css:2: `https://example.com/f.woff` is no file")


def test_links_for_readers_may_lead_anywhere() -> None:
    template('<a\nhref="https://example.com/help">Help</a> <a href="#top">Up</a>')


def test_all_mistakes_are_told_together() -> None:
    assert len(faults('<img src="https://a.example/1" alt="">\n<img src="https://a.example/2" alt="">')) == 2


def test_what_a_template_takes_from_its_view_is_known() -> None:
    part = "{{ texts.part_title }}{{ measures.revenue }}{% for action in actions %}{{ action.due }}{% endfor %}"
    compiled = template(
        '{% set mine = 1 %}{{ mine }}{{ account.name }}{{ texts.title }}{{ figure("course", width=40) }}{{ as_of }}'
        '{% include "part.html" %}{{ language }}',
        files={"part.html": part},
    )
    texts = {"texts.title", "texts.part_title"}
    assert compiled.uses == {"account.name", "as_of", "measures.revenue", "actions"} | texts
    assert compiled.figures == {"course"}
