"""The staff's pages of sessions: planned, changed, held, called off; and of the venues they take place in."""
