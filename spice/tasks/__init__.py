"""Bandit tasks (`environments.py`), and agents that play them or live through a session (`simulation.py`).

May import: agents, data.
"""
