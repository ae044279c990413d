"""Money that comes in: the bank’s files and whose it is, paying online, what Stripe tells, receipts."""
