"""What can be booked, and at what price: offers and tariffs."""
