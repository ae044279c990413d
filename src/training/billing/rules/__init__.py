"""What billing decides, as pure functions over values: states, terms of payment, what may be issued and sent."""
