"""The believable town of the demonstration, as pure data: no database, no input or output, no chance at import."""
