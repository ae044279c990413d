"""What kinds of organisations there are, what a SIRET or an IBAN must be, who answers, names as addresses. No I/O."""
