"""From choices to a trained network.

Start with `train.py`. `fit_data.py` reads what was given, `gradient.py` is the gradient in windows, by autograd or
written out (`gradient_around_kernels.py` around the kernels, `carried_gradient.py` from one window to the one before),
`embedding_posterior.py` is what is known of each person and how surely, `steps.py` is AdamW on one vector.
`attempts.py` trains again where a network came out worse than a textbook, `checkpoints.py` lets a training go on, and
`dry_run.py` runs one trial of a model before anything is trained.

May import: model, discovery (for the dry run), refinement (for the textbook), rollout, data.
"""
