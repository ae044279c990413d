"""Workshop and training catalogue: bookings, calendar invitations, invoices."""

__version__ = "0.1.0"
