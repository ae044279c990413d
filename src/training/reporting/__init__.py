"""Cross-domain reads: listings, timelines, the office's home. Writes nothing."""
