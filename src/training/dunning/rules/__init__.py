"""When a reminder leaves and what late interest is, as pure functions over values."""
