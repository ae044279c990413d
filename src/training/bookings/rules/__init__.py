"""What decides about bookings: states, seats, and who may do what. No I/O."""
