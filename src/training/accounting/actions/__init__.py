"""What the accountant does: accounts, exports, closing, opening balances. One verb a file."""
