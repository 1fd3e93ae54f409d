"""`BaseRNN`: a model of choices, declared by its mechanisms or written as a `forward` of one's own."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from spice.declaration.mechanisms import Mechanism, State, declaration_to_dict
from spice.declaration.terms import given_terms
from spice.model.declared_parts import set_up_declared
from spice.model.own_forward import OwnForward
from spice.observation.base import Observation
from spice.observation.softmax import SOFTMAX
from spice.rollout.forms import Form
from spice.rollout.networks import MechanismNetwork, NetworkForm, draw_masks
from spice.rollout.parts import IdEmbedding
from spice.rollout.polynomials import PolynomialForm


class BaseRNN(OwnForward):
    """Base of all models.

    Declare `init_values` (state: initial value, or a `State`) and `mechanisms`, and the model is complete: its
    networks, rollout, equations and file format follow from the declaration. Or write `__init__` and `forward`
    as for autospice 0.1.x with the `setup_…` and `call_module` methods below; such models run on the
    reference rollout.

    Parameters
    ----------
    n_actions : int
        Arms.
    n_participants : int
        People with an embedding of their own.
    embedding_size : int
        Features of a participant's embedding; 0 for the class's `context_size`.
    device : torch.device
    n_experiments : int
        Experiments; more than one get an embedding too, where the participants have one.

    Raises
    ------
    ConfigError
        Where names of the declaration do not fit together.

    Attributes
    ----------
    observation : Observation
        How choices follow from logits, named by the class: by a softmax, or `SoftmaxWithLapses()` and others of
        `spice.observation`.
    """

    init_values: ClassVar[Mapping[str, float | State]] = {}
    mechanisms: ClassVar[tuple[Mechanism, ...]] = ()
    additional_inputs: ClassVar[tuple[str, ...]] = ()
    context_size: ClassVar[int] = 0
    observation: ClassVar[Observation] = SOFTMAX
    participant_embedding: IdEmbedding
    experiment_embedding: IdEmbedding
    initial: nn.ParameterDict

    def __init__(
        self,
        n_actions: int,
        n_participants: int = 0,
        embedding_size: int = 0,
        device: torch.device | str = "cpu",
        *,
        n_experiments: int = 0,
        **_: Any,
    ) -> None:
        super().__init__(n_actions)
        self.n_participants = n_participants
        self.n_experiments = n_experiments
        self.embedding_size = embedding_size or self.context_size
        self.device = torch.device(device)
        self.submodules_rnn = nn.ModuleDict()
        self.betas = nn.ModuleDict()
        self.generator: torch.Generator | None = None
        self.own_embeddings: list[tuple[nn.Embedding, int]] = []
        if self.is_declared:
            set_up_declared(self)
        self.setup_observation()

    @property
    def n_actions(self) -> int:
        """Number of arms."""
        return self._n_actions

    @property
    def is_declared(self) -> bool:
        """Whether the model is given by its mechanisms, not by a `forward` of its own."""
        return bool(self.mechanisms) and type(self).forward is BaseRNN.forward

    @property
    def states(self) -> dict[str, State]:
        """All states by name."""
        return self.declared_states()

    @classmethod
    def declared_states(cls) -> dict[str, State]:
        """All states by name, of the class.

        Returns
        -------
        dict of str to State
        """
        return {
            name: value if isinstance(value, State) else State(float(value)) for name, value in cls.init_values.items()
        }

    @property
    def embeds_participants(self) -> bool:
        """Whether people have an embedding of their own; else one equation set serves all."""
        return isinstance(getattr(self, "participant_embedding", None), nn.Module)

    @property
    def submodules_sindy(self) -> Mapping[str, PolynomialForm]:
        """Empty, under a name that old scripts ask for: equations take their inputs from signals that are recorded.

        Scripts record signals only until `submodules_sindy` is filled.
        """
        return {}

    @classmethod
    def declaration(cls) -> dict[str, Any]:
        """The declaration in plain form, as written into files.

        Returns
        -------
        dict
            States, mechanisms and additional inputs, and the observation where it is no softmax.
        """
        declared = declaration_to_dict(cls.declared_states(), cls.mechanisms, cls.additional_inputs)
        return declared if cls.observation.name == SOFTMAX.name else declared | {"observation": cls.observation.name}

    # The parts a model is set up from ------------------------------------------------------------------------

    def setup_observation(self) -> None:
        """Set up parameters of the observation, for each participant where participants are told apart."""
        rows = self.n_participants + 1 if self.embeds_participants else 1
        self.observed = nn.ParameterDict()
        for parameter in self.observation.parameters:
            start = float(parameter.to_free(parameter.start))
            self.observed[parameter.name] = nn.Parameter(torch.full((rows, 1), start))

    def set_population(self) -> None:
        """Make what people never seen get the mean of all others."""
        with torch.no_grad():
            for module in self.modules():
                if isinstance(module, IdEmbedding):
                    module.table.weight[-1] = module.table.weight[:-1].mean(0)
            for table, row in self.own_embeddings:
                table.weight[row] = table.weight[:row].mean(0)
            for rows in (*self.observed.values(), *(self.initial.values() if self.is_declared else ())):
                if len(rows) > 1:
                    rows[-1] = rows[:-1].mean(0)

    # What a rollout of a declared model needs ----------------------------------------------------------------

    def embedding(self, participants: Tensor) -> Tensor | None:
        """Embeddings of participants.

        Parameters
        ----------
        participants : (S,)
            Rows; -1 is the population.

        Returns
        -------
        (S, C), or None
            None where the model has none.
        """
        if not self.embeds_participants:
            return None
        embedded: Tensor = self.participant_embedding(participants % (self.n_participants + 1))
        return embedded

    def context(self, embedding: Tensor | None, experiments: Tensor) -> Tensor | None:
        """What the networks know of each sequence: its participant, and the experiment where there are several.

        Parameters
        ----------
        embedding : (S, C), optional
            What `embedding` gives.
        experiments : (S,)
            Rows; -1 is the mean of all.

        Returns
        -------
        (S, C or 2 C), or None
            None where the model has no embeddings.
        """
        if embedding is None or not hasattr(self, "experiment_embedding"):
            return embedding
        return torch.cat([embedding, self.experiment_embedding(experiments % (self.n_experiments + 1))], dim=-1)

    def forms(self, context: Tensor | None, n_sequences: int) -> dict[str, Form]:
        """What each mechanism is in a window of trials: its network (with a dropout mask), or the given equation.

        Parameters
        ----------
        context : (S, C), optional
            What `context` gives.
        n_sequences : int
            Sequences, each with a dropout mask of its own.

        Returns
        -------
        dict of mechanism to Form
        """
        masks = draw_masks([n for n in self.submodules_rnn.values() if isinstance(n, MechanismNetwork)], n_sequences)
        forms: dict[str, Form] = {}
        for mechanism in self.mechanisms:
            if mechanism.equation is not None:
                forms[mechanism.name] = self.given_form(mechanism)
            else:
                network = self.submodules_rnn[mechanism.name]
                assert isinstance(network, MechanismNetwork)
                forms[mechanism.name] = NetworkForm(network, context, next(masks))
        return forms

    def given_form(self, mechanism: Mechanism) -> PolynomialForm:
        """A hard-coded equation as a polynomial whose coefficients are given.

        Parameters
        ----------
        mechanism : Mechanism
            One with an equation.

        Returns
        -------
        PolynomialForm
        """
        assert mechanism.equation is not None
        terms = given_terms((mechanism.state, *mechanism.input_names), tuple(mechanism.equation))
        parameter = next(self.parameters(), torch.zeros(()))
        return PolynomialForm(terms, parameter.new_tensor([list(mechanism.equation.values())]))

    def initial_state(self, n_sequences: int, participants: Tensor | None = None) -> dict[str, Tensor]:
        """Values at the start of a sequence.

        Parameters
        ----------
        n_sequences : int
        participants : (S,) of int, optional
            Rows of the embeddings.

        Returns
        -------
        dict of state to (S, A)
        """
        parameter = next(self.parameters(), torch.zeros(()))
        values = {}
        for name, state in self.states.items():
            if name in getattr(self, "initial", {}):
                learned = self.initial[name]
                row = learned if len(learned) == 1 or participants is None else learned[participants]
                values[name] = row.expand(n_sequences, self._n_actions)
            else:
                values[name] = parameter.new_full((n_sequences, self._n_actions), state.initial)
        return values

    def inverse_temperatures(self, embedding: Tensor | None) -> dict[str, Tensor]:
        """Factor of each state in the logits.

        Parameters
        ----------
        embedding : (S, C), optional
            What `embedding` gives.

        Returns
        -------
        dict of state to (S, 1) or (1,)
            1 where the state has no inverse temperature.
        """
        factors = {}
        for name, state in self.states.items():
            if not state.readout:
                continue
            if name not in self.betas:
                factors[name] = next(self.parameters(), torch.zeros(())).new_ones(1)
            else:
                factors[name] = self.betas[name](embedding)
        return factors

    def observation_parameters(self, participants: Tensor) -> dict[str, Tensor]:
        """Parameters of the observation, of each participant.

        Parameters
        ----------
        participants : (S,)
            Rows; -1 is the population.

        Returns
        -------
        dict of parameter to (S, 1) or (1, 1)
            Within their bounds; one row where all share it.
        """
        found = {}
        for parameter in self.observation.parameters:
            free = self.observed[parameter.name]
            found[parameter.name] = parameter.from_free(free if len(free) == 1 else free[participants])
        return found

    # For models that write their own forward -----------------------------------------------------------------

    def forward(
        self, inputs: Tensor, prev_state: Mapping[str, Tensor] | None = None, batch_first: bool = False
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits of the next choice after each trial, and the state after the last.

        Parameters
        ----------
        inputs : (T, S, F), or (S, T, F) with `batch_first`
            Trials in the documented layout; participant and experiment ids are rows of the embeddings.
        prev_state : mapping of state to (S, A), optional
            To go on from.
        batch_first : bool
            Whether sequences come before trials.

        Returns
        -------
        logits : (T, S, A), or (S, T, A) with `batch_first`
        state : dict of state to (S, A)
        """
        from spice.model.run import run_declared_arrays

        return run_declared_arrays(self, inputs, prev_state, batch_first)
