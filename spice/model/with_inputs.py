"""Any model, with additional inputs: columns of the data that its mechanisms may depend on."""

import re
from collections.abc import Sequence
from dataclasses import replace

from spice.declaration.mechanisms import SIGNALS
from spice.exceptions import ConfigError
from spice.model.base import BaseRNN

LEGAL_NAME = re.compile(r"[A-Za-z_]\w*")


def with_inputs(rnn_class: type[BaseRNN], names: Sequence[str]) -> type[BaseRNN]:
    """Make a model whose learned mechanisms each take these inputs too.

    Which of them matter to which mechanism is for the equations to tell: terms that the choices do not support
    are dropped. Given equations stay as they are.

    Parameters
    ----------
    rnn_class : type of BaseRNN
        A model declared by its mechanisms.
    names : sequence of str
        In the order of the additional columns of the data (`convert_dataset(additional_inputs=...)`), after those
        that the model has already. Letters, digits and underscores.

    Returns
    -------
    type of BaseRNN
        A subclass; without names, the model itself.

    Raises
    ------
    ConfigError
        A model with a `forward` of its own, or a name that is taken or that no term could be written with.

    Examples
    --------
    >>> from spice.precoded import ForgettingRNN
    >>> model = with_inputs(ForgettingRNN, ["arousal"])
    >>> [mechanism.input_names for mechanism in model.mechanisms]
    [('c_reward', 'arousal'), ('arousal',)]
    """
    if not names:
        return rnn_class
    if not rnn_class.mechanisms or rnn_class.forward is not BaseRNN.forward:
        raise ConfigError(
            "rnn_class",
            "a model declared by its mechanisms",
            f"{rnn_class.__name__}, which has a forward of its own",
            "Name the inputs in its additional_inputs and use them in its forward.",
        )
    _check_names(rnn_class, names)
    body = {
        "__doc__": rnn_class.__doc__,
        "__module__": rnn_class.__module__,
        "additional_inputs": (*rnn_class.additional_inputs, *names),
        "mechanisms": tuple(
            replace(mechanism, inputs=(*mechanism.inputs, *names)) if mechanism.is_learned else mechanism
            for mechanism in rnn_class.mechanisms
        ),
    }
    # A name of its own: a saved file is matched with its class by name.
    suffix = "WithInputs"
    return type(rnn_class.__name__.removesuffix(suffix) + suffix, (rnn_class,), body)


def input_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Names of columns as terms of an equation can hold them: `reaction time` is `reaction_time`.

    Parameters
    ----------
    columns : sequence of str

    Returns
    -------
    tuple of str
    """
    names = (re.sub(r"\W+", "_", column).strip("_") or "input" for column in columns)
    return tuple(f"_{name}" if name[0].isdigit() else name for name in names)


def _check_names(rnn_class: type[BaseRNN], names: Sequence[str]) -> None:
    taken = {*SIGNALS, *rnn_class.init_values, *rnn_class.additional_inputs}
    for mechanism in rnn_class.mechanisms:
        taken |= {mechanism.name, *mechanism.input_names}
    for name in names:
        if not LEGAL_NAME.fullmatch(name):
            raise ConfigError(
                "names",
                "letters, digits and underscores",
                repr(name),
                "Terms of equations are made of names.",
            )
        if name in taken:
            raise ConfigError("names", "names that are not taken", repr(name), "Rename the input.")
        taken.add(name)
