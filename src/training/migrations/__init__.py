"""The one history of the schema: tables as Piccolo writes them, everything else in plain SQL."""
