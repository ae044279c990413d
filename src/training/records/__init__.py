"""What must outlive its makers: who did what, files by their SHA-256, and the ledger of issued documents."""
