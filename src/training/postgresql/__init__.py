"""The embedded PostgreSQL: its programs, its account, start, upgrade and backup. Only composition uses it."""
