"""What billing reads. The scope comes first: another organisation's invoice does not exist."""
