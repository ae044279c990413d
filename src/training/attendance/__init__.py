"""What really took place: who came, and the moment a session counts as held."""
