"""Journal entries, registers and charts as bytes, and the opening balances read from a file."""
