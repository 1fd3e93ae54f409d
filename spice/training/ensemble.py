"""Networks of an ensemble: trained one after another, from other weights, on the same choices."""

from collections.abc import Callable

from spice.exceptions import TrainingDivergedError
from spice.progress import Stage
from spice.training.attempts import Trained


def train_members(size: int, train: Callable[[int], Trained], stage: Stage) -> list[Trained]:
    """Train as many networks.

    All cores already work on one of them, so they are not trained side by side. Who asked to end the training of one
    wants equations: the others are not begun then.

    Parameters
    ----------
    size : int
    train : callable
        Takes the place of the network in the ensemble, from 0.
    stage : Stage
        Told of every network, and of those that diverge and are left out.

    Returns
    -------
    list of Trained
        The one that predicts best first: validation data where there are any, else the choices of the training.

    Raises
    ------
    TrainingDivergedError
        Of the first of them, where all diverge.
    """
    members: list[Trained] = []
    diverged: list[TrainingDivergedError] = []
    for place in range(size):
        if size > 1:
            stage.note(f"Network {place + 1} of {size}.")
        try:
            members.append(train(place))
        except TrainingDivergedError as error:
            diverged.append(error)
            if size > 1:
                stage.note(f"Network {place + 1} diverged and is left out.")
        if stage.control.was_asked_to_finish:
            break
    if not members:
        raise diverged[0]
    return sorted(members, key=lambda trained: trained.best_nll)
