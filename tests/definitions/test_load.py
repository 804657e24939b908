"""Every mistake in a definition is reported with file and line, all at once."""

from pathlib import Path

import pytest

from pipeline.definitions.load import load_definitions
from pipeline.errors import DefinitionError

TEMPLATE = """\
template: tiny
version: 1
title: Tiny
roles: {id: card.code, name: card.name}
sheets:
  - sheet: Card
    kind: form
    name: card
    fields:
      - {name: code, label: Code, type: text, required: true}
      - {name: name, label: {en: Name, de: Name}, type: text}
"""
RULES = """\
measures:
  - id: cards
    label: Cards
    unit: integer
    rows: "select _row from card"
    value: "count(*)"
"""
DOCUMENTS = """\
documents:
  - {id: note, title: Note, file: "{{ card.name }}.html", template: note.html, audience: internal}
"""
SHIPPED = (Path(__file__).parents[2] / "output_templates/brands/planpress/brand.yaml").read_text(encoding="utf-8")
BRAND = SHIPPED.replace("logo: logo.svg\nlogo_dark: logo-dark.svg\n", "")


def workspace(root: Path, **changed: str) -> Path:
    files = {
        "workbook_templates/tiny/template.yaml": TEMPLATE,
        "rules/tiny/rules.yaml": RULES,
        "output_templates/tiny/documents.yaml": DOCUMENTS,
        "output_templates/brands/plain/brand.yaml": BRAND,
    } | {key.replace("__", "/") + ".yaml": text for key, text in changed.items()}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def faults(root: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load_definitions(root, "tiny", "plain")
    return [str(fault) for fault in caught.value.faults]


def test_good_definitions_load_and_their_hash_follows_every_file(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    first = load_definitions(root, "tiny", "plain")
    assert first.template.field("card.name").label.to("de") == "Name"
    assert first.rules.measures[0].place.line == 2
    (root / "output_templates/tiny/note.html").write_text("<p>", encoding="utf-8")
    second = load_definitions(root, "tiny", "plain")
    assert second.hash != first.hash
    assert second.files["note.html"] == b"<p>"


def test_mistakes_in_several_files_are_reported_together_with_their_lines(tmp_path: Path) -> None:
    found = faults(
        workspace(
            tmp_path,
            workbook_templates__tiny__template=TEMPLATE.replace("type: text}", "type: txet}"),
            rules__tiny__rules=RULES.replace("    unit: integer\n", "    unti: integer\n"),
        )
    )
    assert any(fault.startswith("rules/tiny/rules.yaml:4: ") and "unti" in fault for fault in found)
    assert any(
        fault.startswith("rules/tiny/rules.yaml:2: ") and "unit: this key is missing" in fault for fault in found
    )
    assert any(fault.startswith("workbook_templates/tiny/template.yaml:11: ") and "'txet'" in fault for fault in found)


def test_yaml_that_cannot_be_parsed_names_its_line(tmp_path: Path) -> None:
    found = faults(workspace(tmp_path, rules__tiny__rules=RULES + "  - [\n"))
    assert found[0].startswith("rules/tiny/rules.yaml:")
    assert "This is not YAML" in found[0]


def test_a_key_that_stands_twice_is_a_mistake(tmp_path: Path) -> None:
    found = faults(workspace(tmp_path, rules__tiny__rules=RULES + "    unit: money\n"))
    assert found == ["rules/tiny/rules.yaml:7: `unit` stands here twice."]


def test_missing_files_are_named(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    (root / "output_templates/tiny/documents.yaml").unlink()
    assert faults(root) == ["output_templates/tiny/documents.yaml: This file is missing."]


def test_a_brand_that_is_not_there_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    (root / "output_templates/brands/plain").rename(root / "output_templates/brands/plane")
    assert faults(root) == [
        "planpress.toml: `brand`: there is no brand `plain` in output_templates/brands; there are: plane."
    ]


def test_a_logo_needs_its_picture_as_svg_and_as_png(tmp_path: Path) -> None:
    root = workspace(tmp_path, output_templates__brands__plain__brand=f"logo: own.svg\n{BRAND}")
    place = "output_templates/brands/plain/brand.yaml:1: logo: there is no file"
    assert faults(root) == [f"{place} `own.png` beside brand.yaml.", f"{place} `own.svg` beside brand.yaml."]


def test_yes_is_a_text_and_true_a_boolean(tmp_path: Path) -> None:
    marked = TEMPLATE.replace("type: text, required: true}", "type: text, required: true, customer: yes}")
    field = load_definitions(workspace(tmp_path, workbook_templates__tiny__template=marked), "tiny", "plain").template
    assert (field.field("card.code").customer, field.field("card.code").required) == ("yes", True)


def test_a_role_that_names_no_field_is_a_mistake(tmp_path: Path) -> None:
    broken = TEMPLATE.replace("name: card.name}", "name: card.nmae}")
    assert faults(workspace(tmp_path, workbook_templates__tiny__template=broken)) == [
        "workbook_templates/tiny/template.yaml:4: role name: `card.nmae` is no field."
    ]


def test_a_figure_of_an_unknown_measure_is_a_mistake_in_its_own_file(tmp_path: Path) -> None:
    figures = "figures:\n  - {id: chart, kind: line, title: Chart, measure: crads, category: code}\n"
    assert faults(workspace(tmp_path, output_templates__tiny__figures=figures)) == [
        "output_templates/tiny/figures.yaml:2: figure `chart` names measure `crads`: unknown."
    ]


def test_a_rule_defined_twice_is_a_mistake_at_the_second(tmp_path: Path) -> None:
    twice = RULES + RULES.split("\n", 1)[1]
    assert faults(workspace(tmp_path, rules__tiny__rules=twice)) == [
        "rules/tiny/rules.yaml:7: rule `cards` is defined twice."
    ]


def test_a_pattern_that_cannot_be_compared_with_is_a_mistake(tmp_path: Path) -> None:
    broken = TEMPLATE.replace("type: text, required: true}", 'type: text, required: true, pattern: "[A-Z"}', 1)
    (fault,) = faults(workspace(tmp_path, workbook_templates__tiny__template=broken))
    assert fault.startswith("workbook_templates/tiny/template.yaml:10: sheets > card > fields > code > pattern: ")
    assert "this is no pattern that text can be compared with: unterminated character set" in fault


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        ("title: F", "2: figure `f` needs either `measure` or `table`."),
        ("title: F, table: crad", "2: figure `f` names table `crad`: unknown."),
        (
            "title: F, table: card, category: nmae",
            "2: figure `f`: its rows have no `nmae`. Did you mean `name`?",
        ),
        (
            "title: F, measure: cards, series: {AC: Actual}",
            "2: figure `f`: its rows have no `AC`. There are: value.",
        ),
        ("title: F, table: card, order: name desc, label: code", ""),
    ],
)
def test_a_figure_names_what_its_rows_hold(tmp_path: Path, figure: str, sentence: str) -> None:
    figures = f"figures:\n  - {{id: f, kind: bars, {figure}}}\n"
    root = workspace(tmp_path, output_templates__tiny__figures=figures)
    if sentence:
        assert faults(root) == [f"output_templates/tiny/figures.yaml:{sentence}"]
    else:
        assert load_definitions(root, "tiny", "plain").outputs.figures[0].order == "name desc"


def test_two_documents_cannot_have_one_file(tmp_path: Path) -> None:
    twice = DOCUMENTS + DOCUMENTS.partition("\n")[2].replace("id: note", "id: other")
    assert faults(workspace(tmp_path, output_templates__tiny__documents=twice)) == [
        "output_templates/tiny/documents.yaml:3: document `other` has the file name of `note`: {{ card.name }}.html"
    ]


def test_words_for_a_settings_codes_miss_none(tmp_path: Path) -> None:
    parameter = "parameters:\n  - {id: days, label: Days, value: {high: 5, low: 20}, words: {high: High}}\n"
    (fault,) = faults(workspace(tmp_path, rules__tiny__rules=parameter + RULES))
    assert fault.startswith("rules/tiny/rules.yaml:2: ")
    assert "`words` has none for low" in fault
