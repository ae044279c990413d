"""Those who deliver, and the partners whom they work for, as the office's pages show them."""
