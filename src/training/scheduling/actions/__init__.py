"""Changes to the plan. Bookings are not known here."""
