"""Office files as what they are: a zip of parts that name each other by relationships (ECMA-376 part 2)."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
ROOT = ""


@dataclass(frozen=True)
class Relationship:
    """One line of a .rels part; `target` is a part name, or what stands there when it is external."""

    id: str
    kind: str
    target: str
    is_external: bool


@dataclass(frozen=True)
class Package:
    """The parts of an Office file by name (no leading slash) and their relationships."""

    names: tuple[str, ...]
    parts: dict[str, bytes]

    @classmethod
    def read(cls, document: bytes) -> "Package":
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            names = tuple(info.filename for info in archive.infolist() if not info.is_dir())
            return cls(names=names, parts={name: archive.read(name) for name in names})

    @cached_property
    def trees(self) -> dict[str, etree._Element]:
        """The root element of every XML part."""
        return {name: etree.fromstring(data) for name, data in self.parts.items() if _is_xml(name)}

    def matching(self, *prefixes: str) -> Iterator[tuple[str, etree._Element]]:
        """Yield name and root of each XML part whose name begins with one of `prefixes`, relationships excepted."""
        for name, root in self.trees.items():
            if name.startswith(prefixes) and not name.endswith(".rels"):
                yield name, root

    def relationships(self, part: str) -> list[Relationship]:
        """Return what `part` points to; ROOT is the file itself."""
        root = self.trees.get(relationships_name(part))
        return [] if root is None else [_relationship(part, element) for element in root.iter(RELATIONSHIPS)]

    @cached_property
    def sources(self) -> list[str]:
        """ROOT and every part that has relationships."""
        return [source_of(name) for name in self.names if name.endswith(".rels")]


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".vml"))


def _relationship(part: str, element: etree._Element) -> Relationship:
    target = element.get("Target", "")
    is_external = element.get("TargetMode") == "External"
    if not is_external:
        target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
    return Relationship(id=element.get("Id", ""), kind=element.get("Type", ""), target=target, is_external=is_external)


def relationships_name(part: str) -> str:
    """Return the name of the .rels part of `part`."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def source_of(relationships: str) -> str:
    """Return the part whose relationships stand in the .rels part of this name."""
    folder, name = posixpath.split(relationships)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))
