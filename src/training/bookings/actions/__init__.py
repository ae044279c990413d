"""Changes to bookings. Locks: the session, then the booking (docs/locking.md)."""
