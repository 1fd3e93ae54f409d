"""What is drawn: one view a model of `spice_nb.state`, which it links to and asks; the JavaScript stands beside.

Start with `panel.py`, what all panels share, and `data_panel.py`. A view has no `if` about people, models or data.

May import: state. Never the estimator.
"""
