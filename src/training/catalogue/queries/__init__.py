"""What the catalogue reads, by what is read."""
