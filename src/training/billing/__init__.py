"""What is owed: billables, invoices, credit notes, payments. Knows nothing of mails, pages or calendars."""
