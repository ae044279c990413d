"""The staff's pages of invoices: drafts, issued ones, credit notes, their deposit on Chorus Pro."""
