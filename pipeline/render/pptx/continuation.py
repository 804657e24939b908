"""Tables that need more than one slide: measured, cut into pages, continued on copies of their slide.

A continuation slide keeps placeholders, shapes with `repeat: yes` and the tables that go on; its title says which
page it is.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from pipeline.render.office.names import Element
from pipeline.render.office.package import Part, Relationship, references
from pipeline.render.pptx.copies import drop_shape, is_shared
from pipeline.render.pptx.expressions import TagError
from pipeline.render.pptx.filling import FilledShape, Filling, SlideDraft, TableOnSlide
from pipeline.render.pptx.fit import write_sizes
from pipeline.render.pptx.geometry import box_of, lower_limit, read_length, set_height
from pipeline.render.pptx.reports import row_too_high
from pipeline.render.pptx.shape_names import P_TXBODY, is_title, placeholder_of, properties_of, shapes_in, table_of
from pipeline.render.pptx.table_layout import MeasuredTable, Page, cut_into_pages
from pipeline.render.pptx.tables import A_TR, A_TXBODY
from pipeline.render.pptx.text_body import A_P, A_R, run_like
from pipeline.render.pptx.text_styles import EMU_PER_POINT, StyleSheet
from pipeline.sentences import sentence

_UNNAMED = ("slideLayout", "notesSlide")


@dataclass(frozen=True)
class PagedTable:
    """A table with its pages, the height of each row in EMU, and the scale of its sizes."""

    on_slide: TableOnSlide
    pages: list[Page]
    heights: list[int]
    scale: float


def continue_tables(filling: Filling, drafts: list[SlideDraft], sheet: StyleSheet) -> list[SlideDraft]:
    """Return the drafts with a copy of its slide after each whose tables need more room."""
    result: list[SlideDraft] = []
    for draft in drafts:
        paged = [_paged(filling, draft, table, sheet) for table in draft.tables]
        count = max((len(table.pages) for table in paged), default=1)
        continuations = [_continued(filling, draft, paged, page, sheet) for page in range(1, count)]
        for table in paged:
            _write_page(table, (table.on_slide.table, table.on_slide.frame), 0, sheet)
        for number, one in enumerate((draft, *continuations), start=1):
            one.page_of = (number, count)
        result += [draft, *continuations]
    return result


def _paged(filling: Filling, draft: SlideDraft, table: TableOnSlide, sheet: StyleSheet) -> PagedTable:
    measured = MeasuredTable.of(table.table, table.filled.rows, sheet, filling.ruler)
    rows = tuple(table.filled.rows)
    room = _room(filling, draft, table, sheet)
    limit = _row_limit(filling, table)
    best: tuple[tuple[bool, int, bool], list[Page], list[float], float] | None = None
    for scale in table.template.fit.scales(measured.main_size) if table.template.fit else (1.0,):
        heights = measured.heights(scale)
        pages = cut_into_pages(rows, heights, room, limit)
        # nothing cut off before fewer pages, fewer pages before whole words, whole words before large ones
        rank = (_overflows(pages), len(pages), measured.splits_a_word(scale))
        if best is None or rank < best[0]:
            best = (rank, pages, heights, scale)
        if rank == (False, 1, False):
            break
    _, pages, heights, scale = best if best is not None else ((False, 0, False), [], [], 1.0)
    if _overflows(pages):
        filling.findings.append(row_too_high(filling, draft, table))
    return PagedTable(table, pages, [round(height * EMU_PER_POINT) for height in heights], scale)


def _overflows(pages: list[Page]) -> bool:
    return any(page.overflows for page in pages)


def _room(filling: Filling, draft: SlideDraft, table: TableOnSlide, sheet: StyleSheet) -> float:
    """Return the height in points that a table may take on its slide."""
    box = box_of(table.frame, draft.part, sheet)
    if box is None:
        return float("inf")
    limit = lower_limit(table.frame, box, draft.part, filling.package.main(), sheet)
    until = table.template.binding.get("until")
    if until:
        try:
            limit = min(limit, read_length("until", until))
        except TagError as error:
            filling.fault(table.template.place, error)
    return (limit - box.top) / EMU_PER_POINT


def _row_limit(filling: Filling, table: TableOnSlide) -> int | None:
    text = table.template.binding.get("rows")
    if text is None:
        return None
    if not text.isdigit() or int(text) == 0:
        filling.fault(table.template.place, TagError(f"rows: {text}", "expected a whole number from 1."))
        return None
    return int(text)


def _continued(
    filling: Filling, draft: SlideDraft, tables: list[PagedTable], page: int, sheet: StyleSheet
) -> SlideDraft:
    """Return a copy of a slide that shows a later page of its tables."""
    twin = draft.part.twin(filling.package.new_name(draft.part.name))
    twin.detach()
    copy = SlideDraft(twin, draft.source, draft.names, repeated=draft.repeated)
    going_on = {_id(table.on_slide.frame): table for table in tables if page < len(table.pages)}
    by_id = {_id(filled.element): filled for filled in draft.texts}
    for shape in list(shapes_in(copy.tree)):
        if _id(shape) in going_on:
            own = table_of(shape)
            if own is not None:
                _write_page(going_on[_id(shape)], (own, shape), page, sheet)
        elif not _stays(shape, draft, tables):
            drop_shape(shape, copy)
        elif _id(shape) in by_id:
            filled = by_id[_id(shape)]
            copy.texts.append(FilledShape(shape, filled.template, filled.printed))
    _own_parts(filling, draft.part, twin)
    return copy


def _stays(shape: Element, draft: SlideDraft, tables: list[PagedTable]) -> bool:
    if any(_id(shape) == _id(table.on_slide.frame) for table in tables):
        return False
    return placeholder_of(shape) is not None or _id(shape) in draft.repeated


def _own_parts(filling: Filling, original: Part, twin: Part) -> None:
    """Give the copy its layout, notes, and clones of what its XML still names."""
    named = references(twin.root)
    known = {id(original): twin}
    for key, relationship in original.relationships.items():
        kind, target = relationship.kind.rpartition("/")[2], relationship.target
        if key not in named and kind not in _UNNAMED:
            continue
        if isinstance(target, Part) and not is_shared(relationship):
            target = filling.package.clone(target, is_shared, known)
        twin.relationships[key] = Relationship(key, relationship.kind, target)


def _id(shape: Element) -> str:
    return properties_of(shape).get("id", "")


def _write_page(paged: PagedTable, target: tuple[Element, Element], page: int, sheet: StyleSheet) -> None:
    """Put the rows of one page into a table (and its frame), with their heights and sizes."""
    table, frame = target
    rows = paged.on_slide.filled.rows
    for old in list(table.iterchildren(A_TR)):
        table.remove(old)
    total = 0
    for number in paged.pages[page].rows if page < len(paged.pages) else ():
        row = deepcopy(rows[number].element)
        row.set("h", str(paged.heights[number]))
        total += paged.heights[number]
        table.append(row)
        for body in row.iter(A_TXBODY) if paged.scale != 1.0 else ():
            write_sizes(body, sheet.of_cell(), sheet, paged.scale)
    set_height(frame, total)


def say_page(filling: Filling, draft: SlideDraft) -> None:
    """Write "(2 of 3)" behind the title in the document's language."""
    number, count = draft.page_of
    title = next((shape for shape in shapes_in(draft.tree) if is_title(shape)), None)
    if count == 1 or title is None:
        return
    text = sentence("deck-continued", page=number, pages=count).to(filling.view.language)
    body = title.find(P_TXBODY)
    paragraphs = [node for node in body.iterchildren(A_P) if node.find(A_R) is not None] if body is not None else []
    if not paragraphs:
        return
    runs = paragraphs[-1].findall(A_R)
    runs[-1].addnext(run_like(runs[-1], f" {text}" if filling.view.language != "ja" else text))
