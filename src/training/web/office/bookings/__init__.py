"""The staff's pages of bookings: confirmed, declined, cancelled."""
