"""The last steps of a deck: its list of slides, loose texts, links, properties, unique ids, nothing left over."""

from __future__ import annotations

import hashlib

from lxml import etree

from pipeline.render.office.names import Element, name, remove
from pipeline.render.office.package import Part
from pipeline.render.office.theme import apply_brand
from pipeline.render.pptx.expressions import TagError, plain
from pipeline.render.pptx.filling import Filling, SlideDraft
from pipeline.render.pptx.language import set_language
from pipeline.render.pptx.loose_texts import fill_part, text_parts
from pipeline.render.pptx.properties import write_properties

_FIRST_ID = 256
P_SLIDE_ID, R_ID = name("p:sldId"), name("r:id")


def finish(filling: Filling, drafts: list[SlideDraft]) -> None:
    """Make the drafts the deck's slides and leave nothing of the template that the deck does not use."""
    ids = _list_slides(filling, drafts)
    _list_sections(filling, ids)
    _mend_jumps(drafts)
    for number, draft in enumerate(drafts, start=1):
        for part in text_parts(draft.part):
            fill_part(filling, part, draft.names)
        _fill_links(filling, draft)
        for part in (draft.part, *draft.part.related("notesSlide")):
            set_language(part.root, filling.view.language)
        _number_page(draft.part.root, number)
        _make_unique(draft.part.root, f"{filling.template.name} {number}")
        _name_parts(draft.part, number)
        draft.part.prune()
    for part in filling.package.parts():
        if part.content_type.endswith("theme+xml"):
            apply_brand(part.root, filling.brand)
    write_properties(filling, drafts)


def _list_slides(filling: Filling, drafts: list[SlideDraft]) -> dict[int, list[str]]:
    """Write `p:sldIdLst`; return the new ids by the template slide's number."""
    main = filling.package.main()
    listed = main.root.find(name("p:sldIdLst"))
    if listed is None:
        raise ValueError("a compiled deck has slides")
    for key, relationship in list(main.relationships.items()):
        if relationship.kind.endswith("/slide"):
            del main.relationships[key]
    for entry in list(listed):
        listed.remove(entry)
    ids: dict[int, list[str]] = {}
    for number, draft in enumerate(drafts):
        key = str(_FIRST_ID + number)
        entry = etree.SubElement(listed, P_SLIDE_ID, {"id": key})
        entry.set(R_ID, main.relate("slide", draft.part))
        ids.setdefault(draft.source.number, []).append(key)
    return ids


def _list_sections(filling: Filling, ids: dict[int, list[str]]) -> None:
    """Name the new slides in sections; custom shows, which name relationships of the template, go."""
    main = filling.package.main().root
    template_main = filling.template.package.main().root
    old_list = template_main.find(name("p:sldIdLst"))
    numbers = {
        entry.get("id"): number for number, entry in enumerate(old_list if old_list is not None else (), start=1)
    }
    for entries in main.iter(name("p14:sldIdLst")):
        old = list(entries)
        for entry in old:
            entries.remove(entry)
        for entry in old:
            for key in ids.get(numbers.get(entry.get("id"), 0), []):
                etree.SubElement(entries, name("p14:sldId"), {"id": key})
    for shows in main.findall(name("p:custShowLst")):
        main.remove(shows)


def _mend_jumps(drafts: list[SlideDraft]) -> None:
    """Lead links between slides to the first copy of their target; a link to a dropped slide goes."""
    first: dict[str, Part] = {}
    for draft in drafts:
        first.setdefault(draft.source.part.name, draft.part)
    own = {id(draft.part) for draft in drafts}
    for draft in drafts:
        for part in (draft.part, *draft.part.related("notesSlide")):
            for key, relationship in list(part.relationships.items()):
                if not relationship.kind.endswith("/slide") or id(relationship.target) in own:
                    continue
                target = first.get(relationship.part.name)
                if target is not None:
                    relationship.target = target
                else:
                    del part.relationships[key]
                    _drop_links(part.root, key)


def _drop_links(root: Element, key: str) -> None:
    for link in [node for node in root.iter(name("a:hlinkClick"), name("a:hlinkHover")) if node.get(R_ID) == key]:
        remove(link)


def _fill_links(filling: Filling, draft: SlideDraft) -> None:
    for key, relationship in list(draft.part.relationships.items()):
        template = filling.template.targets.get(str(relationship.target))
        if template is None:
            continue
        try:
            address = plain(template.render(filling.context(draft.names))).strip()
        except TagError as error:
            filling.fault(f"{draft.source.place}, a link", error)
            continue
        if address.partition(":")[0].lower() in ("http", "https", "mailto", "tel"):
            relationship.target = address
        else:
            del draft.part.relationships[key]
            _drop_links(draft.part.root, key)


def _make_unique(root: Element, seed: str) -> None:
    """Give copies creation ids and row ids of their own, derived from where they stand."""
    tags = (name("p14:creationId"), name("a16:creationId"), name("a16:rowId"))
    for position, node in enumerate(root.iter(*tags)):
        digest = hashlib.sha256(f"{seed} {position}".encode()).hexdigest().upper()
        if node.get("id") is not None:
            groups = (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])
            node.set("id", "{" + "-".join(groups) + "}")
        else:
            node.set("val", str(int(digest[:8], 16) % 0xFFFFFFFE + 1))


def _number_page(root: Element, number: int) -> None:
    """Write the page into slide number fields: programs that only read texts do not work them out."""
    for field in root.iter(name("a:fld")):
        text = field.find(name("a:t"))
        if field.get("type") == "slidenum" and text is not None:
            text.text = str(number)


def _name_parts(part: Part, number: int) -> None:
    part.name = f"/ppt/slides/slide{number}.xml"
    for notes in part.related("notesSlide"):
        notes.name = f"/ppt/notesSlides/notesSlide{number}.xml"
