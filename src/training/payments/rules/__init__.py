"""How a transfer finds its invoice, and how an attempt to pay online moves: pure functions over values."""
