"""What the panels know and decide: traits only, no widgets. Every one is tested without a browser."""
