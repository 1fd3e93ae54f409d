"""Choices and rewards, from the documented array layout to named tensors.

Start with `trials.py`: what the engine reads. `dataset.py` is what people hand over, `splits.py` holds part of it
out, `ids.py` knows which row belongs to whom, and `given_data.py` what `fit` and `predict` were given. `table/`
makes data sets of tables, `reading/` tables of files.

May import: exceptions, checks, documents. It knows nothing of models.
"""
