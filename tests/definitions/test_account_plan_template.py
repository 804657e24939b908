"""The shipped workbook template `account_plan` holds what the product promises."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import duckdb
import pytest

from pipeline.definitions.source import read_yaml, validate
from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.errors import DefinitionFault
from pipeline.model import Text

WORKSPACE = Path(__file__).parents[2]
FILE = "workbook_templates/account_plan/template.yaml"
LANGUAGES = {"en", "de", "ja"}
INPUT_MESSAGE = 255  # characters Excel shows beside a cell
SHEET_NAME = 31  # characters of a sheet's name in Excel

SHEETS = {
    "Start here": None, "Account": None, "Contacts": None, "Contracts": None, "Objectives": None, "Financials": None,
    "Opportunities": None, "Actions": None, "Lists": None, "Team": "Key", "Issues": "Key", "Service levels": "Key",
    "Whitespace": "Key", "Competitors": "Key", "Commentary": "Key", "Risks": "Key", "Reviews": "Key",
    "Touchpoints": "Strategic", "SWOT": "Strategic",
}  # fmt: skip

# Who may see what: the customer by default, never, and (all the rest) internal until released.
CUSTOMER = {
    "account": "name plan_starts_on plan_ends_on owner owner_email owner_phone sponsor sponsor_email sponsor_phone "
    "what_we_deliver",
    "team": "name role responsibility email phone",
    "service_levels": "measure unit better agreed period actual",
    "objectives": "objective horizon kpi baseline target current due success_measure our_solution",
    "actions": "action serves owner side due done_on success_measure result",
    "issues": "raised what owner due resolved satisfied",
    "opportunities": "name proposal_text objective",
    "reviews": "held_on kind participants agreed next_review agreed_by_us agreed_by_customer",
}
NEVER = {
    "account": "tier segment why_key_account own_market_position customer_spend spend_as_of spend_source",
    "team": "skills planned_days actual_days billed_extra_days day_cost",
    "contacts": "decision_role influence sentiment what_is_in_it best_way_in every_days last_contact",
    "financials": "plan forecast plan_quantity forecast_quantity",
    "opportunities": "total_value yearly_value probability stage in_forecast reason",
    "issues": "escalated_to",
}
NEVER_AS_A_WHOLE = {"touchpoints", "commentary", "whitespace", "competitors", "swot", "risks"}
SHARED_ROWS = {
    "objectives": "shared_with_customer and status is distinct from 'dropped'",
    "opportunities": "shared_with_customer and coalesce(stage, '') not in ('won', 'lost', 'no_decision')",
    "actions": "shared_with_customer and not coalesce(cancelled, false)",
    "issues": "shared_with_customer", "reviews": "shared_with_customer", "team": "shown_to_customer",
    "service_levels": "true",
}  # fmt: skip


@cache
def account_plan() -> WorkbookTemplate:
    """Return the shipped template, read as the engine reads it."""
    faults: list[DefinitionFault] = []
    content = read_yaml(FILE, (WORKSPACE / FILE).read_text("utf-8"), faults)
    template = validate(WorkbookTemplate, FILE, content, faults)
    assert not faults, faults
    assert template is not None
    return template


TABLES = tuple(account_plan().tables.values())
FIELDS = {f"{table.name}.{field.name}": field for table in TABLES for field in table.fields}

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
each_field = pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)


def texts(template: WorkbookTemplate) -> Iterator[tuple[str, Text]]:
    """Yield every text a person reads in the workbook, but help, with its place."""
    yield "title", template.title
    for sheet in template.sheets:
        yield f"sheet {sheet.name}", sheet.sheet
        if sheet.text is not None:
            yield f"text of {sheet.name}", sheet.text
    for table in TABLES:
        if table.title is not None:
            yield f"title of {table.name}", table.title
    for place, field in FIELDS.items():
        yield place, field.label
        yield from ((f"{kind} of {place}", text) for kind in ("heading", "unit") if (text := getattr(field, kind)))
        yield from ((f"{place} {code}", text) for code, text in field.choices.items() if text.to("en") != code)


def spoken_twice(owners: Iterable[tuple[str, Iterable[str]]]) -> list[str]:
    """Return the texts that more than one owner goes by, upper and lower case alike."""
    words = Counter(word for _, labels in owners for word in {label.casefold() for label in labels})
    return sorted(word for word, count in words.items() if count > 1)


def marked(mark: str) -> dict[str, set[str]]:
    """Return the names of the fields that bear `mark`, by table; tables without any left out."""
    found = {table.name: {field.name for field in table.fields if field.customer == mark} for table in TABLES}
    return {table: names for table, names in found.items() if names}


def test_sheets_stand_in_the_products_order_and_begin_at_its_tiers() -> None:
    assert {sheet.sheet.to("en"): sheet.from_tier for sheet in account_plan().sheets} == SHEETS
    assert [sheet.sheet.to("en") for sheet in account_plan().sheets] == list(SHEETS)


def test_a_growth_account_needs_at_most_twelve_account_fields() -> None:
    template = account_plan()
    needed = [
        field.name
        for field in template.tables["account"].fields
        if field.required and template.asks(field.from_tier, "Growth")
    ]
    assert 0 < len(needed) <= 12


def test_tiers_are_the_choices_of_the_account() -> None:
    assert tuple(FIELDS["account.tier"].choices) == account_plan().tiers == ("Growth", "Key", "Strategic")


def test_every_text_is_there_in_english_german_and_japanese() -> None:
    lacking = {place for place, text in texts(account_plan()) if set(text.by_language) != LANGUAGES}
    assert lacking == set()


def test_only_currency_codes_are_the_same_in_every_language() -> None:
    plain = {
        place
        for place, field in FIELDS.items()
        for code, text in field.choices.items()
        if text.by_language.keys() != LANGUAGES
    }
    assert plain == {"account.currency", "financials.currency"}
    assert {"EUR", "USD", "GBP", "CHF", "JPY", "KWD"} <= set(FIELDS["account.currency"].choices)


@each_field
def test_every_field_has_a_short_input_message(field: FieldDefinition) -> None:
    assert field.help is not None
    assert {"en", "de"} <= set(field.help.by_language)
    assert all(0 < len(text) <= INPUT_MESSAGE for text in field.help.by_language.values())


def test_names_are_no_reserved_words() -> None:
    with duckdb.connect() as database:
        query = "select keyword_name from duckdb_keywords() where keyword_category = 'reserved'"
        reserved = {word for (word,) in database.execute(query).fetchall()}
    assert "group" in reserved
    assert reserved.isdisjoint(account_plan().tables)
    assert reserved.isdisjoint(field.name for field in FIELDS.values())


def test_no_two_tables_share_a_prefix() -> None:
    prefixes = {table.name: table.prefix for table in TABLES if table.prefix}
    assert len(set(prefixes.values())) == len(prefixes)
    assert prefixes.items() >= {
        ("objectives", "O"), ("opportunities", "P"), ("actions", "A"), ("contacts", "C"), ("contracts", "K"),
        ("issues", "I"), ("risks", "R"),
    }  # fmt: skip


@each_table
def test_a_prefixed_key_is_one_text_that_is_needed(table: TableDefinition) -> None:
    if table.prefix is None:
        assert "no" not in table.by_name
        return
    assert table.key == ("no",)
    assert table.by_name["no"].type == "text"
    assert table.by_name["no"].required


@each_field
def test_references_point_to_tables_with_one_key(field: FieldDefinition) -> None:
    assert all(len(account_plan().tables[target].key) == 1 for target in field.to)


@each_table
def test_no_label_of_any_language_stands_for_two_fields(table: TableDefinition) -> None:
    assert spoken_twice((field.name, field.labels) for field in table.fields) == []


@each_table
def test_labels_differ_before_their_brackets_where_units_stand(table: TableDefinition) -> None:
    assert (
        spoken_twice((field.name, [re.split(" ?[(（]", label)[0] for label in field.labels]) for field in table.fields)
        == []
    )


@each_field
def test_no_choice_of_any_language_stands_for_two_codes(field: FieldDefinition) -> None:
    assert spoken_twice((code, [code, *text.by_language.values()]) for code, text in field.choices.items()) == []


def test_no_sheet_title_of_any_language_stands_for_two_sheets() -> None:
    sheets = account_plan().sheets
    assert spoken_twice((sheet.sheet.to("en"), sheet.titles) for sheet in sheets) == []
    assert all(len(title) <= SHEET_NAME and not set(title) & set("[]:*?/\\") for s in sheets for title in s.titles)


@each_table
def test_prefilled_rows_hold_their_needed_fields_and_known_codes(table: TableDefinition) -> None:
    for row in table.prefill:
        assert {field.name for field in table.fields if field.required} <= set(row)
        for name, value in row.items():
            choices = table.by_name[name].choices
            assert value in choices if choices else set(value) == LANGUAGES


def test_a_default_is_a_code_of_its_field() -> None:
    defaults = {place: field for place, field in FIELDS.items() if field.default is not None}
    assert defaults
    for place, field in defaults.items():
        assert field.default in field.choices if field.choices else field.default is False, place


def test_customer_fields_are_those_of_the_audience_table() -> None:
    assert marked("yes") == {table: set(names.split()) for table, names in CUSTOMER.items()}


def test_never_fields_are_those_of_the_audience_table() -> None:
    whole = {table: set(account_plan().tables[table].by_name) for table in NEVER_AS_A_WHOLE}
    assert marked("never") == {table: set(names.split()) for table, names in NEVER.items()} | whole


def test_the_customer_sees_only_shared_rows_that_still_hold() -> None:
    assert {table.name: table.customer_rows for table in TABLES if table.customer_rows} == SHARED_ROWS


@pytest.mark.parametrize("table", ["objectives", "opportunities", "actions", "issues", "reviews"])
def test_rows_are_not_shared_unless_somebody_says_so(table: str) -> None:
    field = FIELDS[f"{table}.shared_with_customer"]
    assert field.type == "yes_no"
    assert field.default is False


def test_conditions_over_rows_are_sql_over_their_fields() -> None:
    recipients = account_plan().roles.recipients
    assert recipients is not None
    conditions = {**SHARED_ROWS, recipients.table: recipients.when}
    for name, condition in conditions.items():
        table = account_plan().tables[name]
        columns = ", ".join(
            f"{field.name} {'BOOLEAN' if field.type == 'yes_no' else 'VARCHAR'}" for field in table.fields
        )
        with duckdb.connect() as database:
            database.execute(f"create table {name} ({columns})")
            assert database.table(name).filter(condition).fetchall() == []
