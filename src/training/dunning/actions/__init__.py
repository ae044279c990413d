"""Changes to what is asked of late payers. One verb a file."""
