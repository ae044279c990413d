"""Who may come in and what they may do there: users, memberships, sign-in, API keys, permissions."""
