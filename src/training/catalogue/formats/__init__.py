"""What of the catalogue comes out of files: examples of offers to begin with."""
