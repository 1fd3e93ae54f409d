"""Functions of one number that become vector instructions, as those of the library do not."""

from spice.compiler.compile import part


@part
def tanh(z: float) -> float:
    """A quotient of polynomials in z² with a relative error below 4e-11; beyond 9 it is 1 but for 3e-8.

    Own fit; the function of the library does not become vector instructions.

    Parameters
    ----------
    z : float

    Returns
    -------
    float
        In (-1, 1), but for rounding.
    """
    z = 9.0 if z > 9.0 else z
    z = -9.0 if z < -9.0 else z
    u = z * z
    above = 3.6834727963082056e-11 * u + 1.1131984605308321e-07
    above = (above * u + 4.2298661529434456e-05) * u + 0.004426913760481926
    above = (above * u + 0.1409993297615188) * u + 0.999999999964875
    below = 2.9565236515935225e-09 * u + 2.606175036298253e-06
    below = (below * u + 0.0005010199338260623) * u + 0.029204468704981657
    below = (below * u + 0.4743326627069529) * u + 1.0
    return z * above / below


@part
def exp_below_zero(x: float) -> float:
    """exp(x) for x <= 0, from the same quotient: (1 + tanh(x/2)) / (1 - tanh(x/2)); its error is absolute.

    2e-11 down to x = -18; below that it gives 1.5e-8, where tanh is taken to be constant.

    Parameters
    ----------
    x : float
        At most 0.

    Returns
    -------
    float
    """
    half = tanh(0.5 * x)
    return (1.0 + half) / (1.0 - half)
