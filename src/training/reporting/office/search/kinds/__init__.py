"""What can be found, one kind a file: to add one is a migration with its documents, a file here, a line of `every`."""
