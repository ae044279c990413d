"""Changes to what is owed: making it billable, issuing it, confirming what is free. One verb a file."""
