"""What a fit comes to: made once, when all of it has succeeded, and the same whether fitted or loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spice.diagnostics import Diagnostic
from spice.equations.equations import SpiceEquations
from spice.model.config import SpiceConfig
from spice.model.fitted import FittedModel
from spice.rollout.networks import NetworkOptions


@dataclass(frozen=True)
class FitResult:
    """What a fit found, and what it was found with.

    Attributes
    ----------
    fitted : FittedModel
        The model; its networks are trained unless only equations were loaded.
    equations : SpiceEquations, optional
        None where only a network was loaded.
    options : NetworkOptions
        That the model was built with.
    config : SpiceConfig
    data_fingerprint : str
        Hash of the data of the fit.
    fit_id : str, optional
        The same in both halves of one fit and in no other; None in files of earlier versions.
    n_features : int, optional
        Columns of the conditions; None in files of earlier versions.
    diagnostics : tuple of Diagnostic
    reward_unit : (float, float), optional
        Rewards, in the unit of the table, that are 0 and 1 in the data; None where arrays were fitted.
    labels : mapping of participant id to str
        What the data set calls people; empty where arrays were fitted.
    history : sequence of mapping
        Losses of each epoch; empty where the fit was loaded.
    diverging : tuple of int
        Ids of people whose equations grow without bound on their own trials; empty where the fit was loaded.
    """

    fitted: FittedModel
    equations: SpiceEquations | None
    options: NetworkOptions
    config: SpiceConfig
    data_fingerprint: str
    fit_id: str | None
    n_features: int | None
    diagnostics: tuple[Diagnostic, ...] = ()
    reward_unit: tuple[float, float] | None = None
    labels: Mapping[int, str] = field(default_factory=dict)
    history: Sequence[dict[str, float]] = ()
    diverging: tuple[int, ...] = ()
