"""From a compiled template and a view to a finished deck."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.definitions.brand import Brand
from pipeline.errors import DefinitionError
from pipeline.model import PlanView
from pipeline.render.pptx.continuation import continue_tables, say_page
from pipeline.render.pptx.fill_shapes import ShapeFiller
from pipeline.render.pptx.filling import Figures, Filling, SlideDraft
from pipeline.render.pptx.finishing import finish
from pipeline.render.pptx.fitting import fit_texts
from pipeline.render.pptx.loose_texts import fill_part
from pipeline.render.pptx.shape_names import shape_tree
from pipeline.render.pptx.slides import expand_slides
from pipeline.render.pptx.template import DeckTemplate, SlideTemplate
from pipeline.render.pptx.text_styles import StyleSheet
from pipeline.render.rendered import Rendered


def render(
    template: DeckTemplate, view: PlanView, figures: Figures, brand: Brand, files: Mapping[str, bytes]
) -> Rendered:
    """Return the deck of one view.

    `figures` gives a figure's data by id and arguments; `files` are the set's and the brand's files by name.

    Raises:
        DefinitionError: the template asks for what is not there; each fault names slide, shape and tag.
    """
    filling = Filling(template, view, figures, brand, files, template.package.copy())
    drafts = expand_slides(filling)
    for draft in drafts:
        ShapeFiller(filling, draft).tree(draft.tree, draft.names)
    drafts = [draft for draft in drafts if not draft.is_emptied()]
    sheet = StyleSheet(filling.package.main(), brand)
    drafts = continue_tables(filling, drafts, sheet)
    _fill_late(filling, drafts)
    for draft in drafts:
        say_page(filling, draft)
        fit_texts(filling, draft, sheet)
    _fill_layouts(filling)
    finish(filling, drafts)
    if filling.faults:
        raise DefinitionError(filling.faults)
    return Rendered(filling.package.write(), tuple(filling.findings))


def _fill_late(filling: Filling, drafts: list[SlideDraft]) -> None:
    """Fill what names `page` or `pages`."""
    for number, draft in enumerate(drafts, start=1):
        names = {**draft.names, "page": number, "pages": len(drafts)}
        ShapeFiller(filling, draft, late=True).tree(draft.tree, names)


def _fill_layouts(filling: Filling) -> None:
    for master in filling.package.main().related("slideMaster"):
        for part in (master, *master.related("slideLayout")):
            draft = SlideDraft(part, SlideTemplate(0, part), {})
            ShapeFiller(filling, draft, late=True).tree(shape_tree(part.root), {})
    for notes_master in filling.package.main().related("notesMaster"):
        fill_part(filling, notes_master, {})
