"""What we say to people, kept and sent. What a mail is about is decided below."""
