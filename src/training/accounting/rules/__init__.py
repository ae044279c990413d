"""What may be closed, taken over and written to which account, and how old a debt is: pure functions over values."""
