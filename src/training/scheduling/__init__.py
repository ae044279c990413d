"""When, where and with whom: sessions of one or more slots, venues, facilitators' assignments."""
