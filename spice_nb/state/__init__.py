"""What panels hold, as traitlets: every state, derived value and blocker, tested without a browser."""
