"""From choices to a trained network."""
