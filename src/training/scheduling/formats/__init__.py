"""Places and dates, as people keep them in their own spreadsheets."""
