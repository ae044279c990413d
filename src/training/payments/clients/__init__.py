"""Outside systems of billing, one a file; never called with a transaction open."""
