"""What every paper says in the same way: its parties, its figures in French, the letterhead they share."""
