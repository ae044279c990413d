"""What every paper is made of: lines and their amounts, VAT."""
