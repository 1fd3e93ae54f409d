"""What a term must be worth to be part of everybody's equations.

References
----------
Schwarz (1978), Estimating the dimension of a model. Ann Stat 6.
"""

import numpy as np

from spice.refinement.equation_likelihood import EquationLikelihood

WORTH = 0.005
"""Nats per choice that a term may be worth and be dropped all the same."""


def price_of_a_parameter(n_choices: float) -> float:
    """What one more parameter must gain in log-likelihood, nats.

    That of BIC. It asks for so much where choices are few that one person's equations would lose terms that the
    person's choices need, so no term may be worth more than a two-hundredth of a nat a choice.

    Parameters
    ----------
    n_choices : float
        Of all rows.

    Returns
    -------
    float
    """
    return float(min(0.5 * np.log(n_choices), WORTH * n_choices))


def price_of_a_term(likelihood: EquationLikelihood) -> float:
    """What a term must gain in log-likelihood, nats: its mean and, where there are several rows, its spread over them.

    Parameters
    ----------
    likelihood : EquationLikelihood

    Returns
    -------
    float
    """
    return (1 if likelihood.n_rows == 1 else 2) * price_of_a_parameter(likelihood.n_choices.sum())
