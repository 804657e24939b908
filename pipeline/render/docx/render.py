"""Filling a Word template: text first, then the drawings, then what Word expects of a whole document."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import TemplateError
from lxml import etree

from pipeline.definitions.brand import Brand
from pipeline.errors import RenderError
from pipeline.formats import EN_DASH, Formatter
from pipeline.model import Figure, PlanView
from pipeline.render.characters import cleaned
from pipeline.render.docx.chart_texts import TitleFault, fill_titles
from pipeline.render.docx.contents import rebuild_contents
from pipeline.render.docx.source import CELL, CHART, PICTURE, SAY, PartSource, joined, with_breaks
from pipeline.render.docx.template import WordTemplate
from pipeline.render.office.chart_fill import ChartFault, fill_chart
from pipeline.render.office.names import Element, element, name, remove, serialise
from pipeline.render.office.package import Package, Part
from pipeline.render.office.theme import apply_brand, locale_of
from pipeline.render.rendered import Rendered
from pipeline.wording import MARKS, Value, context_of

FigureSource = Callable[[str, Mapping[str, object]], Figure]
_TOKEN = re.compile(r"^planpress:(chart|picture):(\d+);", re.DOTALL)
_MARK_OPEN, _MARK_CLOSE = "\ue0f0", "\ue0f1"
_MARKED = re.compile(f"{_MARK_OPEN}([^{_MARK_CLOSE}]*){_MARK_CLOSE}")
_MARKS_IN_DATA = str.maketrans(dict.fromkeys((_MARK_OPEN, _MARK_CLOSE)))
_THEME_TYPE = "application/vnd.openxmlformats-officedocument.theme+xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def render_word(
    template: WordTemplate, view: PlanView, figures: FigureSource, brand: Brand, files: Mapping[str, bytes]
) -> Rendered:
    """Return the document.

    Raises:
        RenderError: a name is not in the view, or a chart cannot take its figure; the message names the paragraph.
    """
    package = template.package.copy()
    writer = _Writer(template, view, figures, files, package)
    for part in package.parts():
        source = template.sources.get(part.name)
        if source is not None:
            writer.fill(part, source)
    main = package.main()
    styles = main.first("styles")
    rebuild_contents(main.root, styles.root if styles else None)
    _set_language(styles, view.language)
    _set_style_colours(styles, brand)
    for part in package.parts():
        if part.content_type == _THEME_TYPE:
            apply_brand(part.root, brand)
    return Rendered(package.write())


@dataclass
class _Writer:
    template: WordTemplate
    view: PlanView
    figures: FigureSource
    files: Mapping[str, bytes]
    package: Package
    marks: list[str] = field(default_factory=list)
    drawings: list[tuple[str, Any]] = field(default_factory=list)

    def fill(self, part: Part, source: PartSource) -> None:
        """Render one part and put its figures and pictures in place."""
        self.drawings.clear()
        root = self._rendered(source)
        _style_marked(root, self._mark_styles())
        _complete_cells(root)
        part.content = serialise(root)
        self._place_drawings(part)
        _number_drawings(part.root)
        part.prune()

    def _rendered(self, source: PartSource) -> Element:
        try:
            xml = source.template.render(self._context())
        except (TemplateError, TypeError, ValueError, KeyError, ArithmeticError) as error:
            place = source.paragraph(_failed_line(error))
            raise RenderError(f"{self.template.name}, paragraph “{place}”: {error}") from error
        return etree.fromstring(with_breaks(joined(xml)).encode())

    def _context(self) -> dict[str, object]:
        formatter = Formatter(self.view.language, self.view.currency)
        own = {SAY: self._say, CELL: self._cell, CHART: self._chart, PICTURE: self._picture, MARKS: self.marks}
        return context_of(self.view.names, formatter) | own

    def _say(self, value: object) -> str:
        empty = value is None or (isinstance(value, Value) and value.is_empty)
        return self._marked("" if empty else _clean(str(value)))

    def _cell(self, value: object) -> str:
        return self._say(value) or EN_DASH

    def _marked(self, text: str) -> str:
        mark = next(iter(self.marks), "")
        self.marks.clear()
        return f"{_MARK_OPEN}{mark}{_MARK_CLOSE}{text}" if mark and text else text

    def _chart(self, key: str, figure: str, arguments: Mapping[str, object] | None = None) -> str:
        self.drawings.append((key, self.figures(figure, arguments or {})))
        return f"planpress:chart:{len(self.drawings) - 1};"

    def _picture(self, key: str, file: object) -> str:
        self.drawings.append((key, str(file)))
        return f"planpress:picture:{len(self.drawings) - 1};"

    def _mark_styles(self) -> dict[str, str]:
        styles = self.package.main().first("styles")
        found: dict[str, str] = {}
        for style in styles.root.iter(name("w:style")) if styles else ():
            title = style.find(name("w:name"))
            if style.get(name("w:type")) == "character" and title is not None:
                found[title.get(name("w:val"), "").lower()] = style.get(name("w:styleId"), "")
        return found

    def _place_drawings(self, part: Part) -> None:
        for properties in list(part.root.iter(name("wp:docPr"))):
            match = _TOKEN.match(properties.get("descr", ""))
            if match:
                key, drawn = self.drawings[int(match.group(2))]
                alt = properties.get("descr", "")[match.end() :]
                place = self._place_chart if match.group(1) == "chart" else self._place_picture
                place(part, properties, key, drawn, alt)

    def _place_chart(self, part: Part, properties: Element, key: str, figure: Figure, alt: str) -> None:
        if figure.is_empty:
            _drop_drawing(properties)
            return
        chart = self.package.clone(part.relationships[key].part, lambda _: False)
        try:
            fill_titles(chart.root, self._context(), figure)
            fill_chart(self.package, chart, figure, self.view.language)
        except (ChartFault, TitleFault) as fault:
            raise RenderError(f"{self.template.name}, chart “{properties.get('name')}”: {fault}") from fault
        drawing = next(properties.itersiblings(name("a:graphic")))
        node = next(drawing.iter(name("c:chart")))
        node.set(name("r:id"), part.relate("chart", chart))
        properties.set("descr", alt or figure.description)

    def _place_picture(self, part: Part, properties: Element, key: str, file: str, alt: str) -> None:
        file = file.removesuffix(".svg") + ".png" if file.endswith(".svg") else file
        content = self.files.get(file)
        if content is None:
            raise RenderError(f"{self.template.name}, picture “{properties.get('name')}”: there is no file {file}.")
        image = part.relationships[key].part
        extension = file.rpartition(".")[2].lower()
        twin = Part(self.package.new_name(f"/word/media/image1.{extension}"), f"image/{extension}", content)
        drawing = next(properties.itersiblings(name("a:graphic")))
        next(drawing.iter(name("a:blip"))).set(name("r:embed"), part.relate("image", twin))
        properties.set("descr", alt)
        if image.name == twin.name:
            raise RenderError(f"{self.template.name}: two pictures are called {twin.name}.")


def _clean(text: str) -> str:
    return cleaned(text).translate(_MARKS_IN_DATA)


def _failed_line(error: BaseException) -> int:
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _style_marked(root: Element, styles: Mapping[str, str]) -> None:
    """Give runs whose text carries the mark of `impact` or `rag` the character style of that name."""
    for node in root.iter(name("w:t")):
        match = _MARKED.search(node.text or "")
        if match is None:
            continue
        node.text = _MARKED.sub("", node.text or "")
        run, style = node.getparent(), styles.get(match.group(1).lower())
        if style is not None and run is not None and run.tag == name("w:r"):
            _set_run_style(run, style)


def _set_run_style(run: Element, style: str) -> None:
    properties = run.find(name("w:rPr"))
    if properties is None:
        properties = element("w:rPr")
        run.insert(0, properties)
    for old in properties.findall(name("w:rStyle")):
        properties.remove(old)
    properties.insert(0, element("w:rStyle", {name("w:val"): style}))


def _complete_cells(root: Element) -> None:
    """Give a paragraph to every cell that lost its last one: a cell without makes Word offer a repair."""
    for cell in root.iter(name("w:tc")):
        last = cell[-1] if len(cell) else None
        if last is None or last.tag != name("w:p"):
            cell.append(element("w:p"))


def _drop_drawing(properties: Element) -> None:
    run = next(properties.iterancestors(name("w:r")))
    paragraph = next(properties.iterancestors(name("w:p")))
    remove(run)
    if not any(True for _ in paragraph.iter(name("w:t"), name("w:drawing"))):
        remove(paragraph)


def _number_drawings(root: Element) -> None:
    for number, properties in enumerate(root.iter(name("wp:docPr")), start=1):
        properties.set("id", str(number))


def _set_style_colours(styles: Part | None, brand: Brand) -> None:
    """Write the brand's colour beside each theme colour of a style, for programs that read no themes."""
    colours = brand.colours
    slots = {
        "text1": colours.text, "background1": colours.background, "text2": colours.accent_dark,
        "background2": colours.surface, "hyperlink": colours.accent,
        **{f"accent{number}": colour for number, colour in enumerate(colours.theme, start=1)},
    }  # fmt: skip
    for node in styles.root.iter(name("w:color")) if styles else ():
        slot = slots.get(node.get(name("w:themeColor"), ""))
        if slot is not None and node.get(name("w:themeTint")) is None:
            node.set(name("w:val"), _shaded(slot, node.get(name("w:themeShade"), "FF")))


def _shaded(colour: str, shade: str) -> str:
    """Return a colour darkened as Word does: its lightness times `shade` of 255 (ECMA-376 part 1, 17.18.96)."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    shares = colorsys.hls_to_rgb(hue, lightness * int(shade, 16) / 255, saturation)
    return "".join(f"{round(share * 255):02X}" for share in shares)


def _set_language(styles: Part | None, language: str) -> None:
    """Set the language of the document's default run, so that readers pronounce and check it rightly."""
    if styles is None:
        return
    for node in styles.root.iter(name("w:lang")):
        if language == "ja":
            node.set(name("w:eastAsia"), locale_of(language))
        else:
            node.set(name("w:val"), locale_of(language))
