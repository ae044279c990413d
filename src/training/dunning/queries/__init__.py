"""What is late and what was asked, read for staff and for mails."""
