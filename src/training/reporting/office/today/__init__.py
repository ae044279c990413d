"""« Aujourd’hui »: what waits, in the order in which it breaks, who waits for whom, the money, the week."""
