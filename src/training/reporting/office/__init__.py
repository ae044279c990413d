"""What the staff's pages read across packages, a file a page. Writes nothing, decides nothing."""
