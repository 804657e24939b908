"""Office files as parts and relationships (Open Packaging Conventions, ECMA-376 part 2).

A package is read once and copied for each document: copies share bytes and parsed trees until they write to them.
Relationships keep their ids, since each part names its own; targets are parts, so that renaming needs no search.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from lxml import etree

from pipeline.render.archive import read_archive, write_archive
from pipeline.render.office.names import NAMESPACES, RELATIONSHIP_KINDS, Element, parse, serialise

_RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_TYPES_PART = "[Content_Types].xml"
_REFERENCE = f"{{{NAMESPACES['r']}}}"
_NEEDS_A_NAME = frozenset(
    RELATIONSHIP_KINDS + kind
    for kind in (
        "chart", "image", "hyperlink", "package", "oleObject", "slide", "diagramData", "diagramLayout", "diagramColors",
        "diagramQuickStyle", "video", "audio", "chartUserShapes", "control", "customXml", "tags",
    )
) | {
    "http://schemas.microsoft.com/office/2014/relationships/chartEx",
    "http://schemas.microsoft.com/office/2007/relationships/media",
}  # fmt: skip
_UNNAMED_SOURCES = ("notesSlide",)


@dataclass(slots=True)
class Relationship:
    """One line of a .rels part: id, type, and a part or an external address."""

    id: str
    kind: str
    target: Part | str

    @property
    def part(self) -> Part:
        """Return the target; raise TypeError for an external one."""
        if isinstance(self.target, str):
            raise TypeError(f"{self.id} leads out of the file to {self.target}")
        return self.target


class Part:
    """One part: name with leading slash, content type, bytes or XML tree, and its relationships by id."""

    __slots__ = ("_bytes", "_root", "_shared_root", "content_type", "name", "relationships")

    def __init__(self, name: str, content_type: str, content: bytes | Element) -> None:
        self.name = name
        self.content_type = content_type
        self.relationships: dict[str, Relationship] = {}
        self._bytes = content if isinstance(content, bytes) else None
        self._root = None if isinstance(content, bytes) else content
        self._shared_root: Element | None = None

    @property
    def root(self) -> Element:
        """Return the XML tree, which may be changed."""
        if self._root is None:
            shared = self._shared_root
            self._root = deepcopy(shared) if shared is not None else parse(self._bytes or b"")
        return self._root

    @property
    def content(self) -> bytes:
        """Return the bytes as they will be written."""
        if self._root is not None:
            return serialise(self._root)
        if self._bytes is None:
            self._bytes = serialise(self.root)
        return self._bytes

    @content.setter
    def content(self, content: bytes) -> None:
        self._bytes, self._root, self._shared_root = content, None, None

    @property
    def is_xml(self) -> bool:
        """Return whether the part holds XML."""
        return self.content_type.endswith(("+xml", "/xml"))

    @property
    def is_touched(self) -> bool:
        """Return whether the tree was asked for, so that it may have been changed."""
        return self._root is not None

    def twin(self, name: str | None = None) -> Part:
        """Return a part of the same content and no relationships; the tree is copied when it is first asked for."""
        result = Part(name or self.name, self.content_type, b"")
        result._bytes = self._bytes
        result._shared_root = self._root if self._root is not None else self._shared_root
        return result

    def detach(self) -> None:
        """Copy the tree now, since the part it came from goes on changing."""
        if self._root is None and self._shared_root is not None:
            self._root = deepcopy(self._shared_root)

    def relate(self, kind: str, target: Part | str) -> str:
        """Return the id of a new relationship to `target`; `kind` may leave out Office's common beginning."""
        number = len(self.relationships) + 1
        while f"rId{number}" in self.relationships:
            number += 1
        full = kind if ":" in kind else RELATIONSHIP_KINDS + kind
        self.relationships[f"rId{number}"] = Relationship(f"rId{number}", full, target)
        return f"rId{number}"

    def related(self, kind: str) -> Iterator[Part]:
        """Yield the parts this one leads to by relationships of `kind` (Office's common beginning left out)."""
        for relationship in self.relationships.values():
            if relationship.kind == RELATIONSHIP_KINDS + kind and isinstance(relationship.target, Part):
                yield relationship.target

    def first(self, kind: str) -> Part | None:
        """Return the first part related by `kind`, None without one."""
        return next(self.related(kind), None)

    def prune(self) -> None:
        """Drop relationships that only a name in the XML brings to life and that none names.

        Left over, they would carry a dropped chart's workbook into the file.
        """
        if not self.is_xml or any(word in self.content_type for word in _UNNAMED_SOURCES):
            return
        if not any(relationship.kind in _NEEDS_A_NAME for relationship in self.relationships.values()):
            return
        named = references(self.root)
        for key, relationship in list(self.relationships.items()):
            if relationship.kind in _NEEDS_A_NAME and key not in named:
                del self.relationships[key]


def references(root: Element) -> set[str]:
    """Return every relationship id that the XML names (r:id, r:embed, r:link, r:pict …)."""
    return {
        str(value)
        for node in root.iter(etree.Element)
        for key, value in node.attrib.items()
        if str(key).startswith(_REFERENCE)
    }


@dataclass
class Package:
    """A whole file: the root part's relationships lead to all others; `names` counts numbered names."""

    root: Part
    numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, content: bytes) -> Package:
        """Return the package in a zip; parts nothing leads to are left out, as are relationships to parts not there.

        Raises:
            zipfile.BadZipFile: the bytes are no zip.
            KeyError: content types are missing.
        """
        entries = {f"/{name}": data for name, data in read_archive(content).items()}
        content_type = _content_types(entries)
        parts = {
            name: Part(name, content_type(name), data)
            for name, data in entries.items()
            if not name.endswith(".rels") and name != f"/{_TYPES_PART}"
        }
        root = Part("/", "", b"")
        for part in (root, *parts.values()):
            _read_relationships(part, entries, parts)
        return cls(root)

    def copy(self) -> Package:
        """Return a package of the same parts that can be changed without changing this one."""
        twins: dict[int, Part] = {id(self.root): Part("/", "", b"")}
        originals = [self.root, *self.parts()]
        for part in originals[1:]:
            twins[id(part)] = part.twin()
        for part in originals:
            twins[id(part)].relationships = _mapped(part, lambda target: twins[id(target)])
        return Package(twins[id(self.root)], dict(self.numbers))

    def parts(self) -> list[Part]:
        """Return all parts that relationships lead to, each once, in the order they are reached."""
        reached: dict[int, Part] = {}
        waiting = [self.root]
        while waiting:
            for relationship in waiting.pop().relationships.values():
                target = relationship.target
                if isinstance(target, Part) and id(target) not in reached:
                    reached[id(target)] = target
                    waiting.append(target)
        return list(reached.values())

    def main(self) -> Part:
        """Return the main document part; raise KeyError when there is none."""
        part = self.root.first("officeDocument")
        if part is None:
            raise KeyError("the file has no main document")
        return part

    def new_name(self, like: str) -> str:
        """Return a name such as /ppt/charts/chart7.xml after one of its kind; counted, never searched."""
        stem, dot, extension = like.rpartition(".")
        stem = stem.rstrip("0123456789")
        if stem not in self.numbers:
            self.numbers[stem] = max((_number(part.name, stem) for part in self.parts()), default=0)
        self.numbers[stem] += 1
        return f"{stem}{self.numbers[stem]}{dot}{extension}"

    def clone(self, part: Part, shared: Callable[[Relationship], bool], known: dict[int, Part] | None = None) -> Part:
        """Return a copy of `part` and of all it leads to, except what is `shared`; ids of relationships stay."""
        known = {} if known is None else known
        twin = part.twin(self.new_name(part.name))
        if part.is_touched:
            twin.detach()
        known[id(part)] = twin
        for key, relationship in part.relationships.items():
            target = relationship.target
            if isinstance(target, Part) and not shared(relationship):
                target = known.get(id(target)) or self.clone(target, shared, known)
            elif isinstance(target, Part):
                target = known.get(id(target), target)
            twin.relationships[key] = Relationship(key, relationship.kind, target)
        return twin

    def write(self) -> bytes:
        """Return the file: content types first, then each part that is reached, with its relationships, by name."""
        parts = sorted(self.parts(), key=lambda part: part.name)
        entries = [(_TYPES_PART, _types_xml(parts)), ("_rels/.rels", _relationships_xml(self.root))]
        for part in parts:
            entries.append((part.name.lstrip("/"), part.content))
            if part.relationships:
                folder, base = posixpath.split(part.name)
                entries.append((f"{folder}/_rels/{base}.rels".lstrip("/"), _relationships_xml(part)))
        return write_archive(entries)


def _mapped(part: Part, twin: Callable[[Part], Part]) -> dict[str, Relationship]:
    return {
        key: Relationship(key, item.kind, twin(item.target) if isinstance(item.target, Part) else item.target)
        for key, item in part.relationships.items()
    }


def _number(name: str, stem: str) -> int:
    rest = name[len(stem) :].partition(".")[0] if name.startswith(stem) else ""
    return int(rest) if rest.isdigit() else 0


def _content_types(entries: dict[str, bytes]) -> Callable[[str], str]:
    root = parse(entries[f"/{_TYPES_PART}"])
    defaults = {
        str(node.get("Extension")).lower(): str(node.get("ContentType")) for node in root if node.get("Extension")
    }
    overrides = {
        str(node.get("PartName")).lower(): str(node.get("ContentType")) for node in root if node.get("PartName")
    }
    return lambda name: overrides.get(name.lower()) or defaults.get(name.rpartition(".")[2].lower(), "application/xml")


def _read_relationships(part: Part, entries: dict[str, bytes], parts: dict[str, Part]) -> None:
    folder, base = posixpath.split(part.name)
    content = entries.get(posixpath.join(folder, "_rels", f"{base}.rels"))
    if content is None:
        return
    for node in parse(content).iterchildren(f"{{{_RELATIONSHIPS_NAMESPACE}}}Relationship"):
        key, target = str(node.get("Id")), str(node.get("Target"))
        if node.get("TargetMode") == "External":
            part.relationships[key] = Relationship(key, str(node.get("Type")), target)
            continue
        found = parts.get(posixpath.normpath(posixpath.join(folder, target)))
        if found is not None:
            part.relationships[key] = Relationship(key, str(node.get("Type")), found)


def _relationships_xml(part: Part) -> bytes:
    folder = posixpath.dirname(part.name)
    lines = []
    for key, relationship in part.relationships.items():
        target, mode = relationship.target, ""
        if isinstance(target, Part):
            target = posixpath.relpath(target.name, folder)
        else:
            mode = ' TargetMode="External"'
        lines.append(
            f"<Relationship Id={quoteattr(key)} Type={quoteattr(relationship.kind)} Target={quoteattr(target)}{mode}/>"
        )
    return _document("Relationships", _RELATIONSHIPS_NAMESPACE, lines)


def _types_xml(parts: list[Part]) -> bytes:
    defaults = {"rels": _RELATIONSHIPS_TYPE, "xml": "application/xml"}
    for part in parts:
        extension = part.name.rpartition(".")[2].lower()
        if extension != "xml":
            defaults.setdefault(extension, part.content_type)
    lines = [
        f"<Default Extension={quoteattr(extension)} ContentType={quoteattr(defaults[extension])}/>"
        for extension in sorted(defaults)
    ]
    lines += [
        f"<Override PartName={quoteattr(part.name)} ContentType={quoteattr(part.content_type)}/>"
        for part in parts
        if defaults.get(part.name.rpartition(".")[2].lower()) != part.content_type
    ]
    return _document("Types", _TYPES_NAMESPACE, lines)


def _document(root: str, namespace: str, lines: list[str]) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}\n<{root} xmlns="{namespace}">{"".join(lines)}</{root}>'.encode()
