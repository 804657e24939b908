"""The past of an account as plain data, made without a ledger."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import History, PastEdition, Plan, RowState, RowVersion


def with_edition(history: History, plan: Plan) -> History:
    """Return a past with one more edition: what is no longer so ends with the edition before."""
    number = history.next_edition
    versions = [_ended(version, plan.states, number - 1) for version in history.versions]
    open_states = [version.state for version in versions if version.last_edition is None]
    versions += [RowVersion(state, number, None) for state in plan.states if state not in open_states]
    edition = PastEdition(number, plan.calendar.as_of, plan.calendar.last_closed)
    return History(number + 1, editions=(*history.editions, edition), versions=tuple(versions))


def _ended(version: RowVersion, states: Sequence[RowState], edition: int) -> RowVersion:
    if version.last_edition is not None or version.state in states:
        return version
    return replace(version, last_edition=edition)
