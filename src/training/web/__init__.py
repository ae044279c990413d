"""Doors: each audience's pages and programs. They parse, call one action or the queries of a page, and answer."""
