"""The ledger of submissions and editions, and snapshots of bytes by their hash."""
