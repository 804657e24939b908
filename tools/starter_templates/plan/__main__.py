"""Draw the plan's template: `python -m tools.starter_templates.plan`.

A designer edits the .docx from then on; running this again draws it as it was.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path

from docx.document import Document

from pipeline.render.archive import normalise_archive
from tools.starter_templates.plan.chapters import CHAPTERS
from tools.starter_templates.plan.drawings import add_logo
from tools.starter_templates.plan.paper import add, add_field, blank_document, tag

ROOT = Path(__file__).parents[3]
TARGET = ROOT / "output_templates" / "account_plan" / "plan.docx"
LOGO = ROOT / "output_templates" / "brands" / "planpress" / "logo.png"


def draw() -> bytes:
    """Return the template's bytes, the same each time."""
    document = blank_document()
    _cover(document)
    for chapter in CHAPTERS:
        chapter(document)
    _header_and_footer(document)
    _describe(document)
    _drop_leftovers(document)
    target = io.BytesIO()
    document.save(target)
    return normalise_archive(target.getvalue())


def _cover(document: Document) -> None:
    add_logo(document, LOGO.read_bytes(), 10)
    add(document, "{{ account.name }}", style="Title")
    add(document, "{{ document.title }}", style="Subtitle")
    add(document, "{{ headlines.summary }}", style="Subtitle")
    tag(document, "if document.is_draft")
    add(document, "{{ texts.plan_draft }}", style="Draft")
    tag(document, "endif")
    add(document, "{{ texts.plan_cover_line }}", style="Note")
    add(document, "{{ texts.plan_contents }}", style="Contents Heading")
    add_field(add(document), r'TOC \o "1-1" \h')


def _header_and_footer(document: Document) -> None:
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].add_run(
        "{{ account.name }}{% if document.is_draft %}  ·  {{ texts.plan_draft_mark }}{% endif %}"
    )
    footer = section.footer.paragraphs[0]
    footer.add_run("{{ brand.footer }}  ·  {{ brand.confidentiality }}  ·  {{ texts.plan_stand }}  ·  ")
    add_field(footer, "PAGE")
    footer.add_run(" / ")
    add_field(footer, "NUMPAGES")
    first = section.first_page_footer.paragraphs[0]
    first.style = document.styles["Footer"]
    first.add_run("{{ brand.footer }}  ·  {{ brand.confidentiality }}")


def _drop_leftovers(document: Document) -> None:
    """Take out what python-docx's own document carries for Word 2007: styles said twice, faulty to validators."""
    relationships = document.part.rels
    for key in [key for key, item in relationships.items() if item.reltype.endswith("/stylesWithEffects")]:
        relationships.pop(key)


def _describe(document: Document) -> None:
    properties = document.core_properties
    properties.title = "{{ account.name }}: {{ document.title }}"
    properties.author = properties.last_modified_by = "{{ brand.name }}"
    properties.comments = properties.keywords = ""
    properties.created = properties.modified = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - fixed, so that bytes repeat


if __name__ == "__main__":
    TARGET.write_bytes(draw())
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}\n")
