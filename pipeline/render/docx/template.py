"""A Word template, compiled once: its parts as Jinja templates, the bindings of its drawings as calls in them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.render.docx.chart_texts import TitleFault, names_in_titles
from pipeline.render.docx.source import CHART, PICTURE, PartSource, TagFault, compile_part
from pipeline.render.office.bindings import DOCUMENT_KEYS, Binding, read_binding, read_figure_call
from pipeline.render.office.chart_fill import sample_faults
from pipeline.render.office.names import Element, element, name
from pipeline.render.office.package import Package, Part

DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TEXT_TYPES = ("document.main+xml", "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml")
_CORE_TYPE = "core-properties+xml"
_MACROS = frozenset({"vbaProject", "wordVbaData", "attachedToolbars", "keyMapCustomizations", "attachedTemplate"})


@dataclass(frozen=True)
class WordTemplate:
    """A compiled Word template.

    `sources` are its text parts by part name; `names` what they ask of the view, with `figures.x` for each chart.
    """

    name: str
    package: Package = field(repr=False)
    sources: dict[str, PartSource] = field(repr=False)
    names: frozenset[str] = frozenset()


def compile_word(template: str, content: bytes) -> WordTemplate:
    """Return a Word template ready to be filled; raise DefinitionError with every mistake, naming its paragraph."""
    try:
        package = Package.read(content)
        main = package.main()
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise DefinitionError([DefinitionFault(template, 0, "This is no Word document.")]) from error
    main.content_type = DOCUMENT_TYPE
    _drop_foreign(package)
    compiler = _Compiler(template)
    sources = {part.name: compiler.part(part) for part in package.parts() if _holds_text(part)}
    if compiler.faults:
        raise DefinitionError(compiler.faults)
    made = {key: source for key, source in sources.items() if source is not None}
    asked = frozenset().union(*(source.names for source in made.values()))
    return WordTemplate(template, package, made, asked | compiler.figures | compiler.names)


def _holds_text(part: Part) -> bool:
    return part.content_type.endswith((*_TEXT_TYPES, _CORE_TYPE))


def _drop_foreign(package: Package) -> None:
    """Drop macros and the link to the template's own template, which would leak a path and make Word look for it."""
    for part in [package.root, *package.parts()]:
        for key, relationship in list(part.relationships.items()):
            if relationship.kind.rpartition("/")[2] in _MACROS:
                del part.relationships[key]
                for node in part.root.findall(name("w:attachedTemplate")):
                    part.root.remove(node)


class _Compiler:
    def __init__(self, template: str) -> None:
        self._template = template
        self.faults: list[DefinitionFault] = []
        self.figures: set[str] = set()
        self.names: set[str] = set()

    def part(self, part: Part) -> PartSource | None:
        for properties in part.root.iter(name("wp:docPr")):
            self._bind(part, properties)
        for store in list(part.root.iter(name("w:dataBinding"))):
            _remove(store)
        try:
            return compile_part(part.root)
        except TagFault as fault:
            self._fault(str(fault))
            return None

    def _bind(self, part: Part, properties: Element) -> None:
        binding = read_binding(properties.get("descr", ""), DOCUMENT_KEYS)
        for problem in binding.problems:
            self._fault(f"{_named(properties)}: {problem}")
        if binding.get("chart") is not None:
            self._bind_chart(part, properties, binding)
        elif binding.get("picture") is not None:
            self._bind_picture(properties, binding)
        elif binding:
            properties.set("descr", binding.get("alt") or binding.description)
        condition = binding.get("if")
        if condition is not None:
            _wrap_in_condition(properties, condition)

    def _bind_chart(self, part: Part, properties: Element, binding: Binding) -> None:
        call = read_figure_call(binding.get("chart") or "")
        chart = _drawing(properties).find(f".//{name('c:chart')}")
        if call is None:
            self._fault(f"{_named(properties)}: `chart:` takes the name of a figure, with arguments in brackets.")
        elif chart is None:
            self._fault(f"{_named(properties)}: `chart:` stands on what is no chart; insert a chart as the sample.")
        else:
            key = chart.get(name("r:id"), "")
            self._check_sample(properties, part.relationships[key].part.root)
            self.figures.add(f"figures.{call.name}")
            properties.set("descr", _call(CHART, key, call.name, call.arguments, binding))

    def _check_sample(self, properties: Element, chart_space: Element) -> None:
        for problem in sample_faults(chart_space):
            self._fault(f"{_named(properties)}: {problem}")
        try:
            self.names |= names_in_titles(chart_space)
        except TitleFault as fault:
            self._fault(f"{_named(properties)}: {fault}")

    def _bind_picture(self, properties: Element, binding: Binding) -> None:
        blip = _drawing(properties).find(f".//{name('a:blip')}")
        if blip is None:
            self._fault(f"{_named(properties)}: `picture:` stands on what is no picture.")
            return
        key = blip.get(name("r:embed"), "")
        alt = binding.get("alt") or binding.description
        properties.set("descr", f"{{{{ {PICTURE}('{key}', {binding.get('picture')}) }}}}{alt}")

    def _fault(self, message: str) -> None:
        self.faults.append(DefinitionFault(self._template, 0, message))


def _call(function: str, key: str, figure: str, arguments: str, binding: Binding) -> str:
    parts = [repr(key), repr(figure), *([arguments] if arguments else [])]
    return f"{{{{ {function}({', '.join(parts)}) }}}}{binding.get('alt') or binding.description}"


def _named(properties: Element) -> str:
    return f"drawing “{properties.get('name', '')}”"


def _drawing(properties: Element) -> Element:
    parent = properties.getparent()
    return properties if parent is None else parent


def _remove(node: Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _wrap_in_condition(properties: Element, condition: str) -> None:
    run = next(_ancestors(properties, name("w:r")), None)
    if run is not None:
        run.addprevious(_tag_run(f"{{%r if {condition} %}}"))
        run.addnext(_tag_run("{%r endif %}"))


def _ancestors(node: Element, tag: str) -> Iterator[Element]:
    for ancestor in node.iterancestors():
        if ancestor.tag == tag:
            yield ancestor


def _tag_run(tag: str) -> Element:
    text = element("w:t")
    text.text = tag
    return element("w:r", None, text)
