"""From networks to sparse equations (SINDy)."""
