"""What the public's and the organisations' pages show of several domains at once. Reads only."""
