"""Changes to money that came in: bank files, checkouts, events of Stripe, receipts. One verb a file."""
