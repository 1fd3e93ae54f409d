"""A model that can be built and run: its networks, its own forward, its settings."""
