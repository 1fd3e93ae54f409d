"""Names by which scripts for autospice 0.1.x ask an estimator for what it has under others."""

from pathlib import Path
from typing import Self

from spice.agents.agent_spice import AgentSpice
from spice.files.saved_fit import load_beside
from spice.fitted_estimator import FittedEstimator
from spice.model.base import BaseRNN


class OlderNames(FittedEstimator):
    """Methods of autospice 0.1.x, each in terms of one of today."""

    @property
    def rnn_model(self) -> BaseRNN:
        """The trained network, `rnn_agent.model`."""
        return self.rnn_agent.model

    def get_spice_agents(self) -> AgentSpice:
        """The equations as an agent, `spice_agent`.

        Returns
        -------
        AgentSpice

        Raises
        ------
        NotFittedError
            There are no equations.
        """
        return self.spice_agent

    def load_rnn_model(self, path_model: str | Path, deterministic: bool = True) -> Self:
        """Load a network alone, as `load_spice(path_model, None)`.

        Parameters
        ----------
        path_model : path
        deterministic : bool
            Whether the agent chooses the arm with the highest logit instead of drawing one.

        Returns
        -------
        SpiceEstimator
            Itself.

        Raises
        ------
        ModelFileError
            The file is no network, or is of another model.
        """
        return self.load_spice(path_model, None, deterministic)  # type: ignore[no-any-return]

    def load_spice_model(self, path_spice: str | Path, deterministic: bool = True) -> Self:
        """Load equations beside the network that is there; alone where there is none, as `load_spice(None, …)`.

        Parameters
        ----------
        path_spice : path
        deterministic : bool
            Whether the agent chooses the arm with the highest logit instead of drawing one.

        Returns
        -------
        SpiceEstimator
            Itself.

        Raises
        ------
        ModelFileError
            Also where they are not of the fit of that network.
        """
        if "rnn_agent_" not in self.__dict__:
            return self.load_spice(None, path_spice, deterministic)  # type: ignore[no-any-return]
        network = self.rnn_agent_
        self._store(load_beside(self.fit_result_, path_spice), deterministic)
        self.rnn_agent_ = network
        return self
