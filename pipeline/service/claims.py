"""Which account each file of the inbox carries, who may speak for it, and who must hear that this changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from pipeline.collect.ownership import Ownership, decide
from pipeline.model import Finding

Told = tuple[Finding, ...]


class Claims:
    """The accounts that files carry, kept by file and by account, and what each file was last told about others.

    `owners` is the file by account id, as the ledger has it; `present` the files that lie in the inbox.
    """

    def __init__(self, carried: Mapping[str, str], owners: Mapping[str, str], present: Collection[str]) -> None:
        self._account: dict[str, str] = {}
        self._files: defaultdict[str, set[str]] = defaultdict(set)
        self._owners, self.present = dict(owners), set(present)
        self._told: dict[str, Told] = {}
        for file, account_id in carried.items():
            self.carry(file, account_id)

    def account(self, file: str) -> str | None:
        """Return the id of the account that a file carries, or None when that is not known."""
        return self._account.get(file)

    def owner(self, account_id: str) -> str | None:
        """Return the file that the ledger has for an account."""
        return self._owners.get(account_id)

    def carry(self, file: str, account_id: str | None) -> None:
        """Take down which account a file carries."""
        before = self._account.pop(file, None)
        if before is not None:
            self._files[before].discard(file)
        if account_id is not None:
            self._account[file] = account_id
            self._files[account_id].add(file)

    def own(self, account_id: str, file: str) -> None:
        """Take down that the ledger gave an account to a file."""
        self._owners[account_id] = file

    def gone(self, file: str) -> str | None:
        """Take down that a file is gone; return the account that it carried."""
        account_id = self.account(file)
        self.carry(file, None)
        self.present.discard(file)
        self._told.pop(file, None)
        return account_id

    def decide(self, accounts: Iterable[str]) -> Ownership:
        """Return who may speak for these accounts."""
        wanted = set(accounts)
        carried = {file: account_id for account_id in wanted for file in self._files.get(account_id, ())}
        owners = {account_id: self._owners[account_id] for account_id in wanted if account_id in self._owners}
        for keeper in owners.values():
            if keeper in self._account:
                carried[keeper] = self._account[keeper]
        return decide(carried, owners, self.present)

    def tell(self, file: str, told: Told) -> None:
        """Take down what a file is told about others."""
        self._told[file] = told

    def was_told(self, file: str) -> Told | None:
        """Return what a file was last told about others, or None when it was told nothing in this process."""
        return self._told.get(file)

    def group(self, account_id: str) -> tuple[str, ...]:
        """Return the files that carry an account, and the one that has it."""
        owner = self._owners.get(account_id)
        return tuple(sorted({*self._files.get(account_id, ()), *([owner] if owner in self.present else [])}))
