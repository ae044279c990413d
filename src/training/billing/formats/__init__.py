"""Bytes and values, both ways, pure: the invoice as XML, as a page, as both in one PDF."""
