"""Changes to who is who: the platform, communes, organisations, contacts, partners, facilitators."""
