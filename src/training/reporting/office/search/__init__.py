"""One search among everything that the team may see."""
