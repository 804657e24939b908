"""HTML templates: parsed once, checked for what they may not do, used for every account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import Environment, FunctionLoader, Template, TemplateError, TemplateSyntaxError, nodes

from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.render.pdf.sources import foreign_addresses, style_sheets
from pipeline.wording import environment, names_of

FIGURE, LANGUAGE = "figure", "language"
"""What a template may name besides the view's own: the function that draws a figure, and the language (ISO 639-1)."""


@dataclass(frozen=True)
class HtmlTemplate:
    """A compiled template with the files it may use.

    `uses` are the names it takes from the view, with their first attribute where one follows (`headlines.service`);
    `figures` the ids it draws. Both include what it extends and includes.
    """

    name: str
    compiled: Template = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    uses: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()


def compile_html(name: str, files: Mapping[str, bytes], folder: str = "") -> HtmlTemplate:
    """Return the template `name` of an output set, ready for `render`.

    `files` are all files of the set by path relative to it; templates extend, include and link only these. `folder`
    is put before file names in faults.

    Raises:
        DefinitionError: a tag cannot be read, a file is missing from the set, or an address points outside of it.
    """
    loader = FunctionLoader(lambda wanted: _source(wanted, files))
    jinja = environment(markup=True).overlay(loader=loader)
    trees: dict[str, nodes.Template] = {}
    faults = [*_parse(name, jinja, files, trees), *_address_faults(trees, files)]
    if faults:
        raise DefinitionError([_within(folder, fault) for fault in faults])
    uses = frozenset(asked for tree in trees.values() for asked in names_of(tree)) - {FIGURE, LANGUAGE}
    return HtmlTemplate(name, jinja.get_template(name), files, uses, frozenset(_figures(trees)))


def _source(name: str, files: Mapping[str, bytes]) -> tuple[str, str, None] | None:
    content = files.get(name)
    return None if content is None else (content.decode("utf-8"), name, None)


def _within(folder: str, fault: DefinitionFault) -> DefinitionFault:
    return DefinitionFault(f"{folder}/{fault.file}".lstrip("/"), fault.line, fault.message)


def _parse(
    name: str, jinja: Environment, files: Mapping[str, bytes], trees: dict[str, nodes.Template], line: int = 0
) -> Iterator[DefinitionFault]:
    """Parse a template and all it extends and includes into `trees`; yield what is wrong with them."""
    try:
        found = _source(name, files)
        if found is None:
            yield DefinitionFault(name, line, f"`{name}` is no file of this output set.")
            return
        trees[name] = jinja.parse(found[0], name, name)
        jinja.get_template(name)
    except UnicodeDecodeError:
        yield DefinitionFault(name, 0, "This file is not UTF-8 text.")
    except TemplateSyntaxError as error:
        yield DefinitionFault(name, error.lineno, f"{error.message}.".replace("..", "."))
    except TemplateError as error:
        yield DefinitionFault(name, 0, f"This template cannot be read: {error}.")
    else:
        yield from _parse_others(name, jinja, files, trees)


def _parse_others(
    name: str, jinja: Environment, files: Mapping[str, bytes], trees: dict[str, nodes.Template]
) -> Iterator[DefinitionFault]:
    for node in trees[name].find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        other = getattr(node, "template", None)
        if not isinstance(other, nodes.Const) or not isinstance(other.value, str):
            yield DefinitionFault(name, node.lineno, "Name the other template by a text in quotes.")
        elif other.value not in files:
            yield DefinitionFault(name, node.lineno, f"`{other.value}` is no file of this output set.")
        elif other.value not in trees:
            yield from _parse(other.value, jinja, files, trees, node.lineno)


def _address_faults(trees: Mapping[str, nodes.Template], files: Mapping[str, bytes]) -> Iterator[DefinitionFault]:
    for name in (*trees, *style_sheets(trees, files)):
        for line, address in foreign_addresses(name, files):
            yield DefinitionFault(
                name, line,
                f"`{address}` is no file of this output set, and nothing else is ever fetched. "
                "Put the file beside the template and name it by its path there.",
            )  # fmt: skip


def _figures(trees: Mapping[str, nodes.Template]) -> Iterator[str]:
    for tree in trees.values():
        for call in tree.find_all(nodes.Call):
            named = isinstance(call.node, nodes.Name) and call.node.name == FIGURE and call.args
            if named and isinstance(call.args[0], nodes.Const):
                yield str(call.args[0].value)
