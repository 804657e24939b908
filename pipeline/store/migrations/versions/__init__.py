"""Changes of the ledger, oldest first."""
