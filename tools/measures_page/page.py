"""The page: one row for each sentence of words.yaml, with units and reasons for n.a. as the rules say them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.definitions.rule_set import MeasureDefinition, Parameter, RuleFile
from pipeline.definitions.source import read_yaml, validate
from pipeline.errors import DefinitionFault

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules" / "account_plan"
PAGE = ROOT / "docs" / "measures.md"
MANY = 6
HEAD = """# Measures

Made by `python -m tools.measures_page` from `rules/account_plan/`; a test keeps it true. Each measure is a rule that
can be read there: which rows it takes, how it adds them up, which cells it came from.

A ratio is a ratio of sums. Empty is not 0: what cannot be computed is n.a., with a reason. Money is in the account's
currency and ends at the last closed month; days are calendar days, date ranges include both ends.

| window | means |
|---|---|
| MTH | the last closed month |
| YTD | from the start of our fiscal year to the last closed month |
| L12M, P12M | the twelve months that end with the last closed one; the twelve before |
| FY | the fiscal year of the last closed month |
| W12 | the twelve months that end with as_of, for events |

| n.a. | because |
|---|---|
| `no_data` | nothing is there to compute it from |
| `incomplete` | a month of a line is missing: another scenario has an amount there, or it is `unknown` |
| `zero_base`, `negative_base` | the denominator is 0 or less |
| `covered` | the outlook reaches the plan: there is no gap to compare with |
| `inconsistent` | the customer's spend is less than our revenue |
| `too_few` | fewer than half are rated or assessed; for health: too little weight |
| `no_history` | it needs earlier editions, or a base of twelve months |
| `not_in_tier` | it stands on sheets that the account's tier does not ask for and that hold no rows |

Suffix `_pl`: plan, `_py`: previous year (the actuals twelve months before; the typed column where there are none). A
name with braces stands for several: `revenue_{mth,ytd}` is `revenue_mth` and `revenue_ytd`.
"""


@dataclass(frozen=True)
class Entry:
    """A sentence about measures that are alike."""

    pattern: str
    window: str
    words: str

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the measures."""
        return spelled_out(self.pattern)

    @property
    def names(self) -> str:
        """Return the ids as the page prints them: many alike stay a pattern."""
        return f"`{self.pattern}`" if len(self.ids) > MANY else ", ".join(f"`{name}`" for name in self.ids)


@dataclass(frozen=True)
class SectionOfPage:
    """The measures of one file of rules."""

    title: str
    file: str
    intro: str
    entries: tuple[Entry, ...]


def spelled_out(pattern: str) -> tuple[str, ...]:
    """Return the ids of a pattern such as `revenue_{mth,ytd}`."""
    parts = re.split(r"\{([^}]*)\}", pattern)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return tuple("".join(choice) for choice in product(*choices))


def sections() -> tuple[SectionOfPage, ...]:
    """Return what words.yaml says."""
    found: Mapping[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return tuple(
        SectionOfPage(
            item["title"],
            item["file"],
            item.get("intro", ""),
            tuple(Entry(entry["ids"], entry["window"], entry["words"]) for entry in item["entries"]),
        )
        for item in found["sections"]
    )


def rules_of(file: str) -> RuleFile:
    """Return one file of rules; raise ValueError when it is faulty."""
    faults: list[DefinitionFault] = []
    path = RULES / f"{file}.yaml"
    found = validate(RuleFile, path.name, read_yaml(path.name, path.read_text(encoding="utf-8"), faults) or {}, faults)
    if found is None or faults:
        raise ValueError("; ".join(map(str, faults)))
    return found


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(line for section in sections() for line in _section(section)), *_settings()]) + "\n"


def _section(section: SectionOfPage) -> Iterator[str]:
    measures = {measure.id: measure for measure in rules_of(section.file).measures}
    yield f"## {section.title}\n"
    if section.intro:
        yield f"{section.intro}\n"
    yield "| measure | unit | window | formula in words | n.a. |\n|---|---|---|---|---|"
    for entry in section.entries:
        yield _row(entry, [measures[name] for name in entry.ids])
    yield ""
    lists = [measure for measure in measures.values() if measure.by]
    if lists:
        yield "Lists for documents: " + ", ".join(_list(measure) for measure in lists) + ".\n"


def _row(entry: Entry, measures: Iterable[MeasureDefinition]) -> str:
    measures = tuple(measures)
    units = dict.fromkeys(measure.unit.replace("_", " or ") for measure in measures)
    words = entry.words.replace("|", "\\|")
    return f"| {entry.names} | {', '.join(units)} | {entry.window} | {words} | {_reasons(measures)} |"


def _reasons(measures: Iterable[MeasureDefinition]) -> str:
    codes: dict[str, None] = {}
    for measure in measures:
        codes |= dict.fromkeys(reason.reason for reason in measure.na)
        codes |= {"as its terms": None} if measure.formula else {} if "no_history" in codes else {"no_data": None}
        codes |= {"not_in_tier": None} if measure.sheets else {}
    return ", ".join(code if " " in code else f"`{code}`" for code in codes)


def _list(measure: MeasureDefinition) -> str:
    source = measure.value or measure.formula
    series = f": {', '.join(source)}" if isinstance(source, dict) else ""
    return f"`{measure.id}` by {' × '.join(measure.by)}{series}"


def _settings() -> Iterator[str]:
    yield "## Settings\n"
    yield "Each may be set in `planpress.toml`; the values in force stand on the Method sheet of the variance report.\n"
    yield "| setting | default | what it is |\n|---|---|---|"
    for parameter in rules_of("00_parameters").parameters:
        yield f"| `{parameter.id}` | {_value(parameter)} | {parameter.label.to('en')} |"


def _value(parameter: Parameter) -> str:
    if isinstance(parameter.value, dict):
        return ", ".join(f"{key} {value}" for key, value in parameter.value.items())
    return str(parameter.value)
