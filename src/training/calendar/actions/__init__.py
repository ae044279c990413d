"""Changes to what calendars know: who was invited to what, and which feed addresses are open."""
