"""Who is who: the platform itself, organisations and their contacts, partners, facilitators, communes."""
