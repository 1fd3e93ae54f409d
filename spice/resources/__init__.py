"""Inside of the engine: models, rollouts, training, equations."""
