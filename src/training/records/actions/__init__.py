"""Changes to what every other package keeps: the audit, the ledger and its numbers, files, jobs."""
