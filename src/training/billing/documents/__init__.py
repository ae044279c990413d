"""Invoices, credit notes, confirmations and proofs as values, and as the texts that their pages are laid out from."""
