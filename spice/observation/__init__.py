"""What is observed of each trial, and how likely it is."""
