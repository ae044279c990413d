"""The staff's pages of what is offered."""
