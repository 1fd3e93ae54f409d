"""What a model is made of: states, mechanisms and their inputs (`mechanisms.py`), candidate terms (`terms.py`).

Plain data: it is built, compared, written into files and read again, and knows nothing of how it is run.

May import: exceptions.
"""
