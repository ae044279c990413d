"""What billing decides, as pure functions over values: regimes of VAT, terms of payment."""
