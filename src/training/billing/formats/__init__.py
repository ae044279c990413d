"""Bytes and values, both ways, pure: the invoice as XML, inside its PDF, as a code to scan, as a ZIP for Chorus Pro."""
