"""The parameters of `SpiceEstimator`, each described once.

Validation, the documentation of the estimator, the command line and the panels read this table. A parameter more is
an entry here, a line in the constructor (`spice/estimator_constructor.py`), and the place that uses it. It imports
nothing, so that the help of the command line shows at once.
"""

import inspect
import textwrap
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type)
OPTIMIZER_TYPES = ("SR3_weighted_l1", "SR3_L1", "STLSQ")
MOST_NETWORKS = 100
PLACE_IN_DOCSTRING = "{parameters}"
_WIDTH = 112


class Group(Enum):
    """What a parameter belongs to."""

    MODEL = "Model"
    NETWORK = "Network"
    TRAINING = "Training"
    EQUATIONS = "Equations"
    SEARCH = "Search for settings"
    OUTPUT = "Output"


@dataclass(frozen=True)
class Parameter:
    """A parameter of the estimator.

    Attributes
    ----------
    name : str
    kind : type
        int, float, bool or str are checked as such; object is checked by who uses it.
    default : Any
    group : Group
    help : str
        Sentences for the documentation, the command line and the panels.
    low, high : float, optional
        Smallest and largest number allowed.
    optional : bool
        Whether None is allowed.
    unlimited : bool
        Whether None and -1 stand for no limit.
    choices : tuple of str
        What a word may be, where it is one of a few.
    label : str
        In a panel; without it the panels do not offer the parameter.
    is_basic : bool
        Whether panels show it at once.
    option : str
        On the command line, without dashes; without it the command line does not offer the parameter.
    option_default : Any
        Of the command line, where it differs.
    documented_type : str
        In the documentation, where it does not follow from the rest.
    """

    name: str
    kind: type
    default: Any
    group: Group
    help: str
    low: float | None = None
    high: float | None = None
    optional: bool = False
    unlimited: bool = False
    choices: tuple[str, ...] = ()
    label: str = ""
    is_basic: bool = False
    option: str = ""
    option_default: Any = None
    documented_type: str = ""

    @property
    def allowed(self) -> str:
        """What it may be, in words; empty where it is neither a number with bounds nor one of a few words."""
        if self.choices:
            return f"one of {list(self.choices)}"
        if self.kind not in (int, float) or self.low is None:
            return ""
        words = "a whole number" if self.kind is int else "a number"
        if self.unlimited:
            return f"{words} above 0, or none for no limit"
        low, high = self.low, self.high
        bound = f"from {low:g} to {high:g}" if high is not None else "above 0" if 0 < low < 1 else f"of {low:g} or more"
        return f"{words} {bound}" + (", or none" if self.optional else "")

    @property
    def type_in_words(self) -> str:
        """The type as the documentation writes it."""
        if self.documented_type:
            return self.documented_type
        if self.choices:
            return "{" + ", ".join(f'"{choice}"' for choice in self.choices) + "}"
        return self.kind.__name__ + (", optional" if self.optional or self.unlimited else "")

    @property
    def on_command_line(self) -> Any:
        """The default of the option on the command line."""
        return self.default if self.option_default is None else self.option_default


_TABLE = (
    Parameter(
        "rnn_class", object, None, Group.MODEL, "The model; `spice.precoded` has some.",
        documented_type="type of BaseRNN",
    ),
    Parameter(
        "spice_config", object, None, Group.MODEL,
        "Which mechanisms become equations, of which inputs. By default as the model declares.",
        documented_type="SpiceConfig, optional",
    ),
    Parameter(
        "hidden_size", int, 8, Group.NETWORK, "Hidden units of a mechanism's network.",
        low=1, label="Hidden units", option="hidden-size",
    ),
    Parameter(
        "dropout", float, 0.25, Group.NETWORK,
        "Share of hidden units silenced where training begins; it falls to none over 32 epochs.",
        low=0, high=0.99, label="Dropout", option="dropout",
    ),
    Parameter("n_actions", int, 2, Group.MODEL, "Arms.", low=2),
    *(
        Parameter(
            name, int, 0, Group.MODEL,
            "0: as many as in the data. A number smaller than in the data is an error. Several experiments have "
            "embeddings; a participant's equations are one set over all experiments that the person took part in.",
            low=0,
        )
        for name in ("n_participants", "n_experiments")
    ),
    Parameter(
        "epochs", int, 128, Group.TRAINING, "Passes over all trials.",
        low=0, label="Epochs", is_basic=True, option="epochs",
    ),
    Parameter(
        "learning_rate", float, 5e-3, Group.TRAINING, "Step size of AdamW, the optimizer of the network.",
        low=1e-12, label="Learning rate of the network", is_basic=True, option="learning-rate",
    ),
    Parameter(
        "spice_optim_threshold", float, 0.03, Group.EQUATIONS,
        "Size below which a term is dropped: SR3's `reg_weight_lam` (times the degree of the term) or STLSQ's "
        "threshold, and the final cut-off.",
        low=0, label="Threshold of terms", is_basic=True, option="threshold",
    ),
    Parameter(
        "spice_participant_id", int, None, Group.EQUATIONS,
        "Find equations for this participant only, named by the id in the data (for a table that was converted, the "
        "place of the label in `dataset.participants`); the network is fitted to all.",
        low=0, optional=True, label="One participant only",
    ),
    Parameter("verbose", bool, False, Group.OUTPUT, "Show progress bars."),
    *(
        Parameter(
            name, object, None, Group.OUTPUT, "Where to save network and equations after a fit.",
            documented_type="path, optional",
        )
        for name in ("save_path_rnn", "save_path_spice")
    ),
    Parameter(
        "batch_size", int, 64, Group.TRAINING, "Sequences in a mini-batch; -1 (or None) for all.",
        low=1, unlimited=True, label="Sequences in a mini-batch", option="batch-size",
    ),
    Parameter(
        "n_steps_per_call", int, 64, Group.TRAINING,
        "Trials in a truncated window, each a gradient step; -1 (or None) for whole sequences.",
        low=1, unlimited=True, label="Trials in a window", option="n-steps-per-call",
    ),
    Parameter(
        "sequence_length", int, None, Group.TRAINING,
        "Cut sequences into stretches of that many trials, with fresh states; -1 (or None) not to.",
        low=1, unlimited=True, label="Cut sequences at",
    ),
    Parameter(
        "convergence_threshold", float, 0.0, Group.TRAINING,
        "End training when the loss falls by less over ten epochs; 0 never does.",
        low=0, label="Converged below",
    ),
    Parameter(
        "device", object, "cpu", Group.TRAINING, "Where the network is trained.",
        label="Device", documented_type="str or torch.device",
    ),
    Parameter(
        "scheduler", bool, False, Group.TRAINING, "Let the learning rate fall along a cosine.",
        label="Let the learning rate fall",
    ),
    Parameter(
        "train_test_ratio", object, 1.0, Group.TRAINING,
        "Share of each sequence's trials trained on, rounded down, or positions (from 1) of each participant's "
        "sequences to hold out; the rest is validation data when `fit` gets none.",
        label="Share to train on", documented_type="float or list of int",
    ),
    Parameter(
        "l2_weight_decay", float, 0.0, Group.NETWORK, "How strongly AdamW pulls the network's weights to 0.",
        low=0, label="Weight decay", option="weight-decay",
    ),
    Parameter(
        "bagging", bool, False, Group.TRAINING, "Draw the sequences of an epoch with replacement.",
        label="Draw with replacement",
    ),
    Parameter(
        "spice_optimizer_type", str, "SR3_weighted_l1", Group.EQUATIONS,
        "pysindy's optimizers, solved for all participants at once.",
        choices=OPTIMIZER_TYPES, label="Optimizer", option="optimizer",
    ),
    Parameter(
        "spice_optim_regularization", float, 0.1, Group.EQUATIONS,
        "How closely SR3 holds its two solutions together (`relax_coeff_nu`), or STLSQ's ridge penalty.",
        low=1e-12, label="Regularization", option="regularization",
    ),
    Parameter(
        "spice_library_polynomial_degree", int, 1, Group.EQUATIONS, "Largest degree of a candidate term.",
        low=1, high=5, label="Degree of terms", is_basic=True, option="degree",
    ),
    Parameter(
        "spice_refine", bool, True, Group.EQUATIONS,
        "Refine the equations on the choices. Without, they describe the network only.",
        label="Refine on the choices", option="refine",
    ),
    Parameter(
        "n_trials_off_policy", int, 1000, Group.EQUATIONS,
        "Trials in each made-up session that equations are searched on.",
        low=10, label="Trials off policy", option="n-trials-off-policy",
    ),
    Parameter(
        "n_sessions_off_policy", int, 1, Group.EQUATIONS,
        "Made-up sessions that equations are searched on, for each participant.",
        low=1, label="Sessions off policy",
    ),
    Parameter(
        "n_trials_same_action_off_policy", int, 5, Group.EQUATIONS,
        "Trials for which a choice is repeated in made-up sessions.",
        low=1, label="Repeats of a choice",
    ),
    Parameter(
        "use_optuna", bool, False, Group.SEARCH,
        "Search for better settings of participants whose equations describe them worse than the network.",
        label="Search settings with Optuna", option="optuna",
    ),
    Parameter(
        "optuna_threshold", float, 0.1, Group.SEARCH, "By how much worse, in nats per choice, before a search is made.",
        low=0, label="Search where worse by", option="optuna-threshold",
    ),
    Parameter(
        "optuna_n_trials", int, 50, Group.SEARCH, "Settings tried for each of them.",
        low=1, label="Trials of the search", option="optuna-trials",
    ),
    Parameter(
        "validation_share", float, 0.0, Group.TRAINING,
        "Share of the choices that the network is not trained on and its training is ended by: whole sessions where "
        "everybody has enough of them, else the last choices of each sequence. Validation data that `fit` is given "
        "take their place. Equations are fitted to all choices.",
        low=0, high=0.5, label="Share to validate on", option="validation-share",
    ),
    Parameter(
        "patience", int, 32, Group.TRAINING,
        "Epochs that training goes on for without predicting the validation data better, where there are any.",
        low=1, label="Patience", option="patience",
    ),
    Parameter(
        "ensemble_size", int, 1, Group.NETWORK,
        "Networks that are trained, one after another and from other weights. The network's probabilities are the mean "
        "of theirs; equations are found from the one that predicts best, and the search for their terms starts from "
        "each.",
        low=1, high=MOST_NETWORKS, label="Networks", option="ensemble-size",
    ),
    Parameter(
        "random_state", int, None, Group.TRAINING,
        "A number makes a run repeatable; in Python also a generator, which gives other numbers to each fit.",
        low=0, optional=True, label="Random seed", is_basic=True, option="seed", option_default=0,
        documented_type="None, int, numpy.random.Generator or numpy.random.RandomState",
    ),
)  # fmt: skip

PARAMETERS = {parameter.name: parameter for parameter in _TABLE}
"""All of them by name, in the order of the constructor. The default model of `rnn_class` stands there alone."""


def documented(cls: Class) -> Class:
    """Write the table into the docstring of a class, where that says `{parameters}`."""
    # Python runs without docstrings too.
    if cls.__doc__:
        cls.__doc__ = inspect.cleandoc(cls.__doc__).replace(PLACE_IN_DOCSTRING, as_numpydoc())
    return cls


def as_numpydoc() -> str:
    """All parameters as a section of numpydoc; neighbours that are described alike share an entry."""
    entries = []
    for (kind, text), alike in groupby(PARAMETERS.values(), key=lambda p: (p.type_in_words, p.help)):
        names = ", ".join(parameter.name for parameter in alike)
        entries.append(f"{names} : {kind}\n{textwrap.indent(textwrap.fill(text, _WIDTH - 4), '    ')}")
    return "\n".join(entries)
