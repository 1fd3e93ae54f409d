"""Bandit tasks, and agents that play them."""
