"""The styles that a text inherits: run, shape, layout, master, presentation (ECMA-376 part 1, 19.3.1 and 21.1.2).

Only what decides sizes and line breaks is resolved: face, size, weight, slant, indents and spacing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.definitions.brand import Brand
from pipeline.render.fonts import Style
from pipeline.render.office.names import Element, name
from pipeline.render.office.package import Part
from pipeline.render.pptx.shape_names import P_TXBODY, placeholder_of, shape_tree, shapes_in

EMU_PER_POINT = 12700
DEFAULT_SIZE = 18.0
A_BODYPR, A_LSTSTYLE, A_DEFRPR = name("a:bodyPr"), name("a:lstStyle"), name("a:defRPr")
A_LATIN, A_RPR = name("a:latin"), name("a:rPr")
_TITLES = frozenset({"title", "ctrTitle"})
_BODIES = frozenset({"body", "subTitle", "obj", "tbl", "chart", "dgm", "media", "clipArt", "pic"})
_OF_MASTER = {"ctrTitle": "title", "subTitle": "body", "obj": "body", "tbl": "body", "chart": "body"}


@dataclass(frozen=True, slots=True)
class Spacing:
    """Space in points, or as a share of the line (1.2 em)."""

    points: float = 0.0
    share: float = 0.0

    def of(self, size: float) -> float:
        """Return the space in points beside text of `size` points."""
        return self.points + self.share * 1.2 * size


@dataclass(frozen=True, slots=True)
class Level:
    """What a paragraph of one level starts from; indents in points."""

    style: Style
    margin: float = 0.0
    margin_right: float = 0.0
    indent: float = 0.0
    line: Spacing = Spacing(share=1.0)
    before: Spacing = Spacing()
    after: Spacing = Spacing()


@dataclass(frozen=True)
class Inheritance:
    """The elements a text inherits from, nearest first: list styles, and body properties."""

    lists: tuple[Element, ...]
    bodies: tuple[Element, ...]
    transforms: tuple[Element, ...] = ()

    def body(self, key: str) -> str | None:
        """Return an attribute of the body properties, the nearest that has it."""
        return next((found for node in self.bodies if (found := node.get(key)) is not None), None)

    def autofit(self) -> str:
        """Return `normAutofit`, `spAutoFit` or `noAutofit`, whichever is nearest."""
        for node in self.bodies:
            for kind in ("noAutofit", "normAutofit", "spAutoFit"):
                if node.find(name(f"a:{kind}")) is not None:
                    return kind
        return "noAutofit"


class StyleSheet:
    """Resolves what texts of one deck inherit; remembers it by layout and placeholder."""

    def __init__(self, presentation: Part, brand: Brand) -> None:
        default = presentation.root.find(name("p:defaultTextStyle"))
        self._default = () if default is None else (default,)
        self._fonts = {"+mj": brand.fonts.heading, "+mn": brand.fonts.body}
        self._known: dict[tuple[int, str, str], Inheritance] = {}
        self._levels: dict[tuple[tuple[Element, ...], int], Level] = {}
        self._text_box = Inheritance(self._default, ())

    def of_shape(self, slide: Part, shape: Element) -> Inheritance:
        """Return what a shape on a slide inherits, its own list style and body properties first."""
        placeholder = placeholder_of(shape)
        inherited = self._of_placeholder(slide, placeholder) if placeholder is not None else self._text_box
        body = shape.find(P_TXBODY)
        transform = shape.find(f"{name('p:spPr')}/{name('a:xfrm')}")
        own_lists = _with_levels(body.find(A_LSTSTYLE) if body is not None else None)
        own_bodies = _present(body.find(A_BODYPR) if body is not None else None)
        return Inheritance(
            own_lists + inherited.lists, own_bodies + inherited.bodies, _present(transform) + inherited.transforms
        )

    def of_cell(self) -> Inheritance:
        """Return what a table cell's text inherits."""
        return self._text_box

    def level(self, inheritance: Inheritance, number: int) -> Level:
        """Return what paragraphs of a level (from 0) start from."""
        key = (inheritance.lists, number)
        if key not in self._levels:
            self._levels[key] = self._resolved(inheritance, number)
        return self._levels[key]

    def _resolved(self, inheritance: Inheritance, number: int) -> Level:
        chain = [node for style in inheritance.lists if (node := style.find(name(f"a:lvl{number + 1}pPr"))) is not None]
        runs = [run for node in chain if (run := node.find(A_DEFRPR)) is not None]
        margin, right, indent = (_length(chain, key) for key in ("marL", "marR", "indent"))
        return Level(
            self._style(runs), margin, right, indent,
            line=_spacing(chain, "lnSpc") or Spacing(share=1.0),
            before=_spacing(chain, "spcBef") or Spacing(), after=_spacing(chain, "spcAft") or Spacing(),
        )  # fmt: skip

    def paragraph(self, level: Level, properties: Element | None) -> Level:
        """Return a level with a paragraph's own indents and spacing."""
        if properties is None or (not properties.attrib and len(properties) == 0):
            return level
        chain = [properties]
        return Level(
            level.style,
            margin=_length(chain, "marL") if "marL" in properties.attrib else level.margin,
            margin_right=_length(chain, "marR") if "marR" in properties.attrib else level.margin_right,
            indent=_length(chain, "indent") if "indent" in properties.attrib else level.indent,
            line=_spacing(chain, "lnSpc") or level.line,
            before=_spacing(chain, "spcBef") or level.before,
            after=_spacing(chain, "spcAft") or level.after,
        )

    def run(self, style: Style, properties: Element | None) -> Style:
        """Return a style with what a run says itself."""
        if properties is None or (not properties.attrib and len(properties) == 0):
            return style
        size, bold, italic = properties.get("sz"), properties.get("b"), properties.get("i")
        latin = properties.find(A_LATIN)
        return Style(
            self._family(latin) if latin is not None else style.family,
            int(size) / 100 if size else style.size,
            bold in ("1", "true") if bold is not None else style.bold,
            italic in ("1", "true") if italic is not None else style.italic,
        )

    def _style(self, runs: Sequence[Element]) -> Style:
        style = Style(self._fonts["+mn"], DEFAULT_SIZE)
        for properties in reversed(runs):
            style = self.run(style, properties)
        return style

    def _family(self, latin: Element) -> str:
        family = latin.get("typeface", "")
        return self._fonts.get(family[:3], family) if family.startswith("+") else family

    def _of_placeholder(self, slide: Part, placeholder: Element) -> Inheritance:
        kind, index = placeholder.get("type", "obj"), placeholder.get("idx", "0")
        layout = slide.first("slideLayout")
        key = (id(layout), kind, index)
        if key not in self._known:
            self._known[key] = self._looked_up(layout, kind, index)
        return self._known[key]

    def _looked_up(self, layout: Part | None, kind: str, index: str) -> Inheritance:
        master = layout.first("slideMaster") if layout is not None else None
        shapes = [shape for shape in (_on_layout(layout, kind, index), _on_master(master, kind)) if shape is not None]
        texts = [body for shape in shapes if (body := shape.find(P_TXBODY)) is not None]
        lists = [style for body in texts if (style := body.find(A_LSTSTYLE)) is not None]
        bodies = [properties for body in texts if (properties := body.find(A_BODYPR)) is not None]
        transforms = [x for shape in shapes if (x := shape.find(f"{name('p:spPr')}/{name('a:xfrm')}")) is not None]
        return Inheritance((*lists, *_master_styles(master, kind), *self._default), tuple(bodies), tuple(transforms))


def _with_levels(styles: Element | None) -> tuple[Element, ...]:
    return () if styles is None or len(styles) == 0 else (styles,)


def _present(node: Element | None) -> tuple[Element, ...]:
    return () if node is None else (node,)


def _placeholders(part: Part | None) -> Iterator[tuple[Element, Element]]:
    for shape in shapes_in(shape_tree(part.root)) if part is not None else ():
        placeholder = placeholder_of(shape)
        if placeholder is not None:
            yield shape, placeholder


def _on_layout(layout: Part | None, kind: str, index: str) -> Element | None:
    """Return the layout's placeholder of the same index, else of the same type."""
    found = list(_placeholders(layout))
    by_index = [shape for shape, ph in found if ph.get("idx", "0") == index and index != "0"]
    by_type = [shape for shape, ph in found if ph.get("type", "obj") == kind or {ph.get("type"), kind} <= _TITLES]
    return next(iter((*by_index, *by_type)), None)


def _on_master(master: Part | None, kind: str) -> Element | None:
    wanted = _OF_MASTER.get(kind, kind)
    return next((shape for shape, ph in _placeholders(master) if ph.get("type", "obj") == wanted), None)


def _master_styles(master: Part | None, kind: str) -> tuple[Element, ...]:
    styles = master.root.find(name("p:txStyles")) if master is not None else None
    if styles is None:
        return ()
    key = "titleStyle" if kind in _TITLES else "bodyStyle" if kind in _BODIES else "otherStyle"
    return _present(styles.find(name(f"p:{key}")))


def _length(chain: Sequence[Element], key: str) -> float:
    found = next((node.get(key) for node in chain if node.get(key) is not None), None)
    return int(found) / EMU_PER_POINT if found else 0.0


def _spacing(chain: Sequence[Element], key: str) -> Spacing | None:
    for node in chain:
        spacing = node.find(name(f"a:{key}"))
        if spacing is None or len(spacing) == 0:
            continue
        value = str(spacing[0].get("val", "0"))
        if spacing[0].tag == name("a:spcPts"):
            return Spacing(points=int(value) / 100)
        share = float(value.rstrip("%")) / 100 if value.endswith("%") else int(value) / 100_000
        return Spacing(share=share)
    return None
