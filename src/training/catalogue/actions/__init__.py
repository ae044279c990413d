"""Changes to the catalogue: offers, their pictures and tariffs, how themes are shown, who supports them."""
