"""The staff's pages of those who deliver: people, their papers and absences, partners."""
