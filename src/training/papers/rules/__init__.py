"""What a line can be, what it amounts to, how it is taxed and what it adds up to: pure functions over values."""
