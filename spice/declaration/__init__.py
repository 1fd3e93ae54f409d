"""What a model is made of: states, mechanisms, candidate terms. Plain data."""
