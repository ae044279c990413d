"""Calendars: what a person is invited to, and the feeds programs subscribe to. The mails stand above."""
