"""Reading the definitions of a workspace, all mistakes at once.

`Definitions` is everything a build needs besides the workbook: pure data, picklable, with a hash that changes when
any of its files does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from pipeline.definitions.brand import Brand
from pipeline.definitions.consistency import consistency_faults
from pipeline.definitions.output_set import OutputSet
from pipeline.definitions.rule_set import RuleFile, RuleSet
from pipeline.definitions.source import Model, PlacedDict, read_yaml, validate
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.errors import DefinitionError, DefinitionFault

TEMPLATES, RULES, OUTPUTS, BRANDS = "workbook_templates", "rules", "output_templates", "brands"
_BRAND_FILES = "brand/"
_PAGES = (".html", ".css")
"""Files that only what names them can use; pictures are found by other ways too."""


@dataclass(frozen=True)
class Definitions:
    """One workbook template with its rules, output set and brand.

    `files` holds the bytes of everything in `output_templates/<name>/` and of the brand's folder (under `brand/`),
    by path relative to the set; `hash` is the SHA-256 of all files read.
    """

    template: WorkbookTemplate
    rules: RuleSet
    outputs: OutputSet
    brand: Brand
    files: Mapping[str, bytes] = field(repr=False)
    hash: str = ""

    @cached_property
    def looks(self) -> Mapping[str, str]:
        """Return, by document id, the hash of all files that decide its look: its template, and what is not another's.

        A style sheet or page that templates name belongs to those that name it, themselves or through other files;
        definitions and pictures are everybody's. What rules and the workbook template decide is in the view that a
        document is made from.
        """
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}
        reached = {document.template: self._reached(document.template) for document in self.outputs.documents}
        others = self.files.keys() - frozenset().union(*reached.values())
        listings = {
            document.id: "\n".join(
                f"{name} {digests[name]}" for name in sorted((reached[document.template] | others) & digests.keys())
            )
            for document in self.outputs.documents
        }
        return {name: hashlib.sha256(listing.encode()).hexdigest() for name, listing in listings.items()}

    def _reached(self, template: str) -> frozenset[str]:
        """Return a template with the pages and style sheets that it names, and those that these name."""
        found, waiting = {template}, [template]
        while waiting:
            content = self.files.get(waiting.pop(), b"")
            named = {name for name in self.files.keys() - found if name.endswith(_PAGES) and _names(content, name)}
            found |= named
            waiting += named
        return frozenset(found)

    def placed(self, fault: DefinitionFault) -> DefinitionFault:
        """Return a fault that names a file of the output set as one that names it by its path in the workspace."""
        if fault.file not in self.files:
            return fault
        folder = PurePosixPath(self.outputs.documents[0].place.file).parent
        if fault.file.startswith(_BRAND_FILES):
            folder = PurePosixPath(self.brand.place.file).parent
        file = folder / fault.file.removeprefix(_BRAND_FILES)
        return DefinitionFault(file.as_posix(), fault.line, fault.message)


def _names(content: bytes, file: str) -> bool:
    """Return whether a template names a file; those of Office are packed, and name none beside them."""
    return not content.startswith(b"PK") and PurePosixPath(file).name.encode() in content


def template_names(workspace: Path) -> tuple[str, ...]:
    """Return the names of the workbook templates of a workspace, sorted."""
    return tuple(sorted(path.parent.name for path in (workspace / TEMPLATES).glob("*/template.yaml")))


def load_definitions(workspace: Path, name: str, brand: str) -> Definitions:
    """Return the definitions of workbook template `name`; raise DefinitionError with every mistake of all files."""
    faults: list[DefinitionFault] = []
    reader = _Reader(workspace, faults)
    template = reader.model(WorkbookTemplate, f"{TEMPLATES}/{name}/template.yaml")
    rules = reader.merged(RuleSet, RuleFile, f"{RULES}/{name}")
    outputs = reader.merged_outputs(f"{OUTPUTS}/{name}")
    brand_model = reader.brand(brand)
    files = reader.output_files(name, brand)
    if template is not None and rules is not None and outputs is not None and brand_model is not None and not faults:
        faults.extend(consistency_faults(template, rules, outputs))
        if not faults:
            return Definitions(template, rules, outputs, brand_model, files, reader.hash())
    raise DefinitionError(faults)


def load_template(workspace: Path, name: str) -> WorkbookTemplate:
    """Return a workbook template alone; raise DefinitionError with every mistake of its file."""
    faults: list[DefinitionFault] = []
    template = _Reader(workspace, faults).model(WorkbookTemplate, f"{TEMPLATES}/{name}/template.yaml")
    if template is None or faults:
        raise DefinitionError(faults)
    return template


class _Reader:
    def __init__(self, workspace: Path, faults: list[DefinitionFault]) -> None:
        self._workspace, self._faults = workspace, faults
        self._digests: dict[str, str] = {}

    def _text(self, file: str) -> str | None:
        path = self._workspace / file
        try:
            content = path.read_bytes()
            self._digests[file] = hashlib.sha256(content).hexdigest()
            return content.decode("utf-8")
        except FileNotFoundError:
            self._faults.append(DefinitionFault(file, 0, "This file is missing."))
        except OSError as error:
            self._faults.append(DefinitionFault(file, 0, f"This file cannot be read: {error.strerror or error}."))
        except UnicodeDecodeError:
            self._faults.append(DefinitionFault(file, 0, "This file is not UTF-8 text."))
        return None

    def _yaml(self, file: str) -> PlacedDict | None:
        text = self._text(file)
        if text is None:
            return None
        known = len(self._faults)
        value = read_yaml(file, text, self._faults)
        if isinstance(value, PlacedDict):
            return value
        if len(self._faults) == known:
            self._faults.append(DefinitionFault(file, 1, "Expected a map of keys at the top of the file."))
        return None

    def model(self, model: type[Model], file: str) -> Model | None:
        value = self._yaml(file)
        return None if value is None else validate(model, file, value, self._faults)

    def brand(self, name: str) -> Brand | None:
        """Return the brand that planpress.toml names; its logos must be there."""
        folder = f"{OUTPUTS}/{BRANDS}"
        known = sorted(path.parent.name for path in (self._workspace / folder).glob("*/brand.yaml"))
        if name not in known:
            message = f"`brand`: there is no brand `{name}` in {folder}; there are: {', '.join(known) or 'none'}."
            self._faults.append(DefinitionFault("planpress.toml", 0, message))
            return None
        brand = self.model(Brand, f"{folder}/{name}/brand.yaml")
        if brand is not None:
            self._faults.extend(_logo_faults(brand, self._workspace / folder / name))
        return brand

    def _yaml_files(self, folder: str) -> Iterator[str]:
        for path in sorted((self._workspace / folder).glob("*.yaml")):
            yield f"{folder}/{path.name}"

    def merged(self, whole: type[RuleSet], part: type[RuleFile], folder: str) -> RuleSet | None:
        parts = [self.model(part, file) for file in self._yaml_files(folder)]
        if any(item is None for item in parts):
            return None
        merged = {name: tuple(entry for item in parts for entry in getattr(item, name)) for name in part.model_fields}
        return whole(**merged)

    def merged_outputs(self, folder: str) -> OutputSet | None:
        values = {}
        for name in ("documents", "figures", "texts"):
            file = f"{folder}/{name}.yaml"
            if name != "documents" and not (self._workspace / file).exists():
                continue
            found = self._yaml(file)
            if found is None:
                return None
            values[name] = (file, found)
        return self._outputs(values)

    def _outputs(self, values: dict[str, tuple[str, PlacedDict]]) -> OutputSet | None:
        merged = PlacedDict()
        for _, found in values.values():
            merged.update(found)
        merged.place = values["documents"][1].place
        for file, found in values.values():
            if set(found) - set(OutputSet.model_fields):
                validate(OutputSet, file, found, self._faults)
                return None
            merged.place.keys.update(found.place.keys)
        return validate(OutputSet, values["documents"][0], merged, self._faults)

    def output_files(self, name: str, brand: str) -> dict[str, bytes]:
        folder, brand_folder = self._workspace / OUTPUTS / name, self._workspace / OUTPUTS / BRANDS / brand
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}
        files |= {
            f"{_BRAND_FILES}{path.relative_to(brand_folder).as_posix()}": path.read_bytes()
            for path in _files(brand_folder)
        }
        self._digests |= {f"out:{key}": hashlib.sha256(content).hexdigest() for key, content in files.items()}
        return files

    def hash(self) -> str:
        listing = "\n".join(f"{file} {digest}" for file, digest in sorted(self._digests.items()))
        return hashlib.sha256(listing.encode()).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "~$")):
            yield path


def _logo_faults(brand: Brand, folder: Path) -> Iterator[DefinitionFault]:
    """Yield a fault for each logo that is not there; Office files show the PNG that stands beside an SVG."""
    for key, file in (("logo", brand.logo), ("logo_dark", brand.logo_dark)):
        names = [file, f"{PurePosixPath(file).stem}.png"] if file else []
        for name in dict.fromkeys(names if file and file.lower().endswith(".svg") else names[:1]):
            if not (folder / name).is_file():
                yield brand.place.fault(f"{key}: there is no file `{name}` beside brand.yaml.", key)
