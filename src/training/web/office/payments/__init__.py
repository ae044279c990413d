"""The staff's pages of money that comes in: bank lines, payments, receipts, reminders."""
