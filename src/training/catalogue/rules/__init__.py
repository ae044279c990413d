"""What the catalogue decides: prices, kinds of offers, how a theme looks."""
