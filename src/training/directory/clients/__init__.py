"""Outside systems that know who is who."""
