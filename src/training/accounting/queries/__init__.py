"""What the accountant reads: journal, register, totals, VAT, closings."""
