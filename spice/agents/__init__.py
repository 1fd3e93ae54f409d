"""What chooses: networks, equations and textbook models, one trial at a time."""
