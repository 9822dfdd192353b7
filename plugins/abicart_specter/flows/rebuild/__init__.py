"""A ledger that was lost, or restored from an old backup: rebuilt from what the shop and the journal know."""
