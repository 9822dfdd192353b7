"""A ledger that was lost, or restored from an old backup: what it must know again before anything is sent."""
