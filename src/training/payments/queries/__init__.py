"""What is owed and what came in, read for staff and for the papers that say so."""
