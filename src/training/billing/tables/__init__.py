"""What billing keeps: invoices and what is billable, receivables and payments, transmissions, closed periods."""
