"""Pictures drawn from data: sixteen motifs in three inks, which count people, hours and euros. They know no offer."""
