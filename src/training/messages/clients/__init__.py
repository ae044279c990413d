"""The outside systems that carry what we say, one a file; never called with a transaction open."""
