"""Bytes that say who is who, and where."""
