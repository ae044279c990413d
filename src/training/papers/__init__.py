"""What every paper is made of: parties, lines, totals, VAT, references, French figures, the one letterhead."""
