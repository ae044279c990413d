"""What the accountant keeps: journal, register, closed periods, the balances of an earlier ledger."""
