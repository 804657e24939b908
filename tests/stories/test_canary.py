"""A canary sits in every cell of a workbook: the customer's document shows those of the customer, and no other."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.support.canaries import HIDDEN, POINTING, SHARED, Canaries, Canary, Searched, given_values
from tests.support.filling import filled
from tests.support.found_texts import texts_of_file
from tests.support.real_workspace import RealWorkspace
from tests.support.workbooks import shipped_template

LANGUAGES = {"en": "CANARY-EN", "de": "CANARY-DE", "ja": "CANARY-JA"}
CUSTOMER_FILES = {
    "en": "{} - joint plan.pdf",
    "de": "{} - gemeinsamer Plan.pdf",
    "ja": "{} - 共同計画.pdf",
}

# Where the joint plan shows them: the rows that are shared with the customer.
BOTH, ONCE_DONE, WHILE_OPEN = (SHARED, POINTING), (SHARED,), (POINTING,)
EVERY_ROW = (SHARED, HIDDEN, POINTING)
SHOWN: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "account.name", "account.plan_starts_on", "account.plan_ends_on", "account.owner", "account.owner_email",
            "account.owner_phone", "account.sponsor", "account.sponsor_email", "account.sponsor_phone",
            "account.what_we_deliver",
        ),
        ONCE_DONE,
    ),
    **dict.fromkeys(
        (
            "objectives.objective", "objectives.kpi", "objectives.baseline", "objectives.target", "objectives.current",
            "objectives.due", "objectives.success_measure", "objectives.our_solution",
            "opportunities.name", "opportunities.proposal_text", "actions.action", "actions.owner", "issues.raised",
            "issues.what", "issues.owner", "reviews.held_on", "reviews.participants", "reviews.agreed",
            "reviews.agreed_by_us", "reviews.agreed_by_customer", "team.name", "team.email", "team.phone",
            "team.role", "team.responsibility",
        ),
        BOTH,
    ),
    **dict.fromkeys(("actions.done_on", "actions.result", "issues.resolved"), ONCE_DONE),
    **dict.fromkeys(("actions.due", "actions.success_measure", "issues.due"), WHILE_OPEN),
    "reviews.next_review": (POINTING,),  # the latest review held sets the day
    **dict.fromkeys(
        (
            "service_levels.measure", "service_levels.unit", "service_levels.agreed", "service_levels.period",
            "service_levels.actual",
        ),
        EVERY_ROW,
    ),
}  # fmt: skip

# Some of what the internal documents show: that nothing of it is found in a customer's file means that it was looked
# for in the right way.
INTERNAL = (
    "account.why_key_account", "contacts.name", "contracts.contract", "objectives.objective", "opportunities.name",
    "actions.action", "issues.what", "competitors.name", "risks.risk", "swot.statement", "team.name",
)  # fmt: skip


@pytest.fixture(scope="module")
def canaries() -> Mapping[str, Canaries]:
    """Return the canaries by the language of the customer's documents."""
    return {
        language: Canaries(shipped_template(), given_values(LANGUAGES[language], language)) for language in LANGUAGES
    }


@pytest.fixture(scope="module")
def workspace(canaries: Mapping[str, Canaries], tmp_path_factory: pytest.TempPathFactory) -> RealWorkspace:
    """Return a workspace in which three workbooks full of canaries were built."""
    workspace = RealWorkspace.at(tmp_path_factory.mktemp("canaries") / "workspace")
    blank = workspace.blank("account_plan", "--tier", "Strategic")
    for language, found in canaries.items():
        workspace.drop(f"{language}.xlsx", filled(blank, shipped_template(), "en", found.values, "Strategic"))
    answer = workspace.build()
    assert answer.code == 0, answer.out + answer.err
    return workspace


def customer_files(workspace: RealWorkspace, account_id: str) -> Iterator[Path]:
    for document in workspace.edition(account_id)["documents"]:
        if document["audience"] == "customer":
            yield workspace.folder(account_id) / document["file"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customer_sees_what_is_his_and_nothing_else(
    language: str, canaries: Mapping[str, Canaries], workspace: RealWorkspace
) -> None:
    found = canaries[language].found
    name = next(canary.value for canary in found if canary.place == "account.name (shared)")
    (file,) = customer_files(workspace, LANGUAGES[language])
    expected = workspace.folder(LANGUAGES[language]) / "internal/for approval" / CUSTOMER_FILES[language].format(name)
    assert file == expected
    texts = Searched(texts_of_file(file))
    assert [canary.place for canary in found if is_expected(canary) and not canary.is_in(texts)] == []
    assert [canary.place for canary in found if not canary.is_seen and canary.is_in(texts)] == []


def is_expected(canary: Canary) -> bool:
    return canary.row in SHOWN.get(f"{canary.table}.{canary.field}", ())


def test_each_customer_field_is_known_to_be_shown(canaries: Mapping[str, Canaries]) -> None:
    fields = {f"{canary.table}.{canary.field}" for canary in canaries["en"].found if canary.is_seen}
    assert fields == set(SHOWN)


def test_every_sheet_holds_canaries_the_customer_must_not_see(canaries: Mapping[str, Canaries]) -> None:
    found, template = canaries["en"].found, shipped_template()
    kinds = {type(canary.value) for canary in found if not canary.is_seen}
    assert kinds >= {str, date}
    assert len({canary.value for canary in found if not canary.is_month}) == sum(not item.is_month for item in found)
    hidden = {canary.table for canary in found if not canary.is_seen}
    assert hidden == set(template.tables) - {"service_levels"}  # which the customer sees whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_internal_documents_show_internal_canaries(
    language: str, canaries: Mapping[str, Canaries], workspace: RealWorkspace
) -> None:
    folder = workspace.folder(LANGUAGES[language]) / "internal"
    texts = Searched([text for file in folder.iterdir() if file.is_file() for text in texts_of_file(file)])
    wanted = [canary for canary in canaries[language].found if f"{canary.table}.{canary.field}" in INTERNAL]
    assert [canary.place for canary in wanted if not canary.is_in(texts)] == []
    amounts = [canary for canary in canaries[language].found if canary.table == "financials" and canary.field == "plan"]
    assert any(canary.is_in(texts) for canary in amounts)
