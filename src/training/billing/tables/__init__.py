"""What billing keeps: invoices, receivables and payments, what follows an invoice, bank statements, accounting."""
