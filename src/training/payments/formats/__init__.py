"""The bank’s files, as values: CAMT.053, OFX, CSV."""
