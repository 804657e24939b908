"""From the inbox to the outbox: collect -> workers -> publish -> record, in an order that survives any interruption.

A submission is in the ledger and its bytes are in the snapshot store before work starts; what must be published is in
the ledger before the outbox is touched. A start finishes what an earlier one could not.
"""
