"""What panels hold, as traitlets: every state, derived value and blocker, tested without a browser.

Start with `data.py` (`DataModel`), `settings.py` (`SettingsModel`), `training.py`, `equations.py` and `session.py`:
one a panel. The others are parts of these.

May import: spice, hosting.
"""
