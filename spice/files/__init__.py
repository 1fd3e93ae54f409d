"""Fits in files: tensors as safetensors with a JSON header, never pickles.

Start with `saved_fit.py`: what `save_spice` writes, the two halves of a fit. `saved_models.py` writes and reads
each half, `container.py` the file itself (whole or not at all), `model_difference.py` says in what a saved model is
another one.

May import: fit_result, model, equations.
"""
