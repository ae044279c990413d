"""Mail bytes from values, pure: no database, no clock, no network."""
