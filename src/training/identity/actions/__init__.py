"""Changes to who may come in: signing in and out, roles, API keys."""
