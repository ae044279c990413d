"""What payments keep: the bank’s files, attempts to pay online, what Stripe told, receipts."""
