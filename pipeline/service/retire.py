"""Ending an account, and letting it go on."""

from __future__ import annotations

from pipeline.service.publisher import Clock
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.queries import Queries


def retire(workspace: Workspace, account: str, clock: Clock, *, undo: bool) -> tuple[str, bool]:
    """Write down that an account ended, or with `undo` that it goes on; return its id and whether that is new.

    `account` is an id or the beginning of a name; raise UsageError when there is no such account.
    """
    workspace.prepare_state()
    with Queries(workspace.ledger_url) as queries:
        account_id = queries.account_id(account)
    with Ledger(workspace.ledger_url) as ledger:
        return account_id, ledger.retire(account_id, None if undo else clock())
