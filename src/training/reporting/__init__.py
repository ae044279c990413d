"""Every read that joins several packages: lists, timelines, what the office needs now. Writes nothing."""
