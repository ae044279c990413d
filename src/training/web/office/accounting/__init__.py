"""The staff's pages of the books: register, balances, journal, closings, opening balances."""
