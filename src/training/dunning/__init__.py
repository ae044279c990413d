"""Asking for what is late: reminders, promises, disputes."""
