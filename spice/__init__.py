"""SPICE: sparse and interpretable cognitive equations.

From people's choices and rewards a small network learns how they learn; sparse equations then replace its parts.
`from spice.estimator import SpiceEstimator` is the way in; this package itself imports nothing heavy.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("spice-nb")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0+unknown"
