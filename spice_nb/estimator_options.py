"""Parameters of the estimator by the names that options and config files have. Light to import."""

from typing import Any

from spice.parameters import PARAMETERS, Parameter

ESTIMATOR_OPTIONS = {p.option.replace("-", "_"): p for p in PARAMETERS.values() if p.option}
"""Parameters of `SpiceEstimator` that are options, by the name that the option has in a config file."""

DEFAULT_MODEL = "forgetting"
"""What the command line fits where neither an option nor a config file names a model."""


def value_type(parameter: Parameter) -> Any:
    """What the option of a parameter takes.

    Parameters
    ----------
    parameter : Parameter

    Returns
    -------
    type
        A union with None where the option may be "none".
    """
    return parameter.kind | None if parameter.unlimited or parameter.optional else parameter.kind
