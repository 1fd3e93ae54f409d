"""bqplot, imported without a warning that is not for users: notebooks would show it above the app."""

import warnings

with warnings.catch_warnings():
    # bqscales, which bqplot imports, hands arguments to traitlets in an old way.
    warnings.filterwarnings(
        "ignore", "metadata .* was set from the constructor", category=DeprecationWarning, module=r"bqscales\."
    )
    import bqplot

__all__ = ["bqplot"]
