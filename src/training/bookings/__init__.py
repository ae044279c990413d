"""Seats: who takes how many in which session, at what price, and under which names."""
