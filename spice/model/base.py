"""`BaseRNN`: a model of choices, declared by its mechanisms or written as a `forward` of one's own."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from spice.compiler.locks import ForkLock
from spice.declaration.mechanisms import Mechanism, State, check_declaration, declaration_to_dict
from spice.declaration.terms import given_terms
from spice.exceptions import ConfigError
from spice.model.own_parts import add_population_rows, changed_by
from spice.rollout.forms import Form, StepFunction
from spice.rollout.networks import MechanismNetwork, NetworkForm, NetworkOptions, draw_masks, network_options
from spice.rollout.parts import Activation, IdEmbedding, InverseTemperature, ModuleCall
from spice.rollout.polynomials import PolynomialForm

_BUILDING = ForkLock()
_ASKS = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class BaseRNN(nn.Module):
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
    """

    init_values: ClassVar[Mapping[str, float | State]] = {}
    mechanisms: ClassVar[tuple[Mechanism, ...]] = ()
    additional_inputs: ClassVar[tuple[str, ...]] = ()
    context_size: ClassVar[int] = 0

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
        super().__init__()
        self._n_actions = n_actions
        self.n_participants = n_participants
        self.n_experiments = n_experiments
        self.embedding_size = embedding_size or self.context_size
        self.device = torch.device(device)
        self.submodules_rnn = nn.ModuleDict()
        self.submodules_eq: dict[str, Callable[[Tensor, Tensor], Tensor]] = {}
        self.betas = nn.ModuleDict()
        self.generator: torch.Generator | None = None
        self.own_embeddings: list[tuple[nn.Embedding, int]] = []
        self.state: dict[str, Tensor] = {}
        self.recording: dict[str, list[Tensor]] = {}
        self.calls: dict[str, list[ModuleCall]] | None = None
        self.coded_states: dict[str, str] = {}
        self._steps: dict[str, StepFunction] = {}
        self.equations: Mapping[str, PolynomialForm] = {}
        if self.is_declared:
            self._setup_declared()

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
        """All states by name."""
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
        """The declaration in plain form, as written into files."""
        return declaration_to_dict(cls.declared_states(), cls.mechanisms, cls.additional_inputs)

    # The parts a model is set up from ------------------------------------------------------------------------

    def setup_module(
        self, input_size: int, *, hidden_size: int | None = None, dropout: float | None = None
    ) -> MechanismNetwork:
        """Build a network for a mechanism; `input_size` counts inputs and embedding, not the state itself.

        Hidden units and dropout are the estimator's where they are not given.
        """
        return MechanismNetwork(input_size, hidden_size=hidden_size, dropout=dropout)

    def setup_embedding(
        self, num_embeddings: int, embedding_size: int, leaky_relu: float = 0.01, dropout: float = 0.5
    ) -> IdEmbedding:
        """Build an embedding of that many people (or experiments)."""
        return IdEmbedding(num_embeddings, embedding_size, leaky_relu, dropout)

    def setup_constant(
        self, embedding_size: int | None = None, leaky_relu: float = 0.01, *, activation: Activation | None = None
    ) -> InverseTemperature:
        """Build a positive factor, learned for all, or per participant from an embedding of that size.

        `leaky_relu` is accepted for old scripts: the factor is the exponential of a linear function, or what an
        `activation` (`torch.nn.ReLU`, `torch.nn.Softplus()`) makes of it.
        """
        return InverseTemperature(embedding_size, activation)

    def _setup_declared(self) -> None:
        check_declaration(self.states, self.mechanisms, self.additional_inputs)
        if self.embedding_size and self.n_participants:
            self.participant_embedding = self.setup_embedding(self.n_participants, self.embedding_size, dropout=0.0)
            if self.n_experiments > 1:
                self.experiment_embedding = self.setup_embedding(self.n_experiments, self.embedding_size, dropout=0.0)
        n_context = self._context_features()
        for mechanism in self.mechanisms:
            if mechanism.is_learned:
                self.submodules_rnn[mechanism.name] = MechanismNetwork(
                    len(mechanism.inputs) + n_context,
                    sigmoid=mechanism.activation == "sigmoid",
                    residual=mechanism.update == "residual",
                )
        self.initial = nn.ParameterDict()
        for name, state in self.states.items():
            if state.readout and state.inverse_temperature != "none":
                per_person = state.inverse_temperature == "participant" and self.embeds_participants
                self.betas[name] = self.setup_constant(self.embedding_size if per_person else None)
            if state.learned in ("shared", "participant"):
                rows = self.n_participants + 1 if state.learned == "participant" and self.embeds_participants else 1
                self.initial[name] = nn.Parameter(torch.full((rows, 1), state.initial))

    def _context_features(self) -> int:
        if not self.embeds_participants:
            return 0
        return self.embedding_size * (1 + hasattr(self, "experiment_embedding"))

    def set_population(self) -> None:
        """Make what people never seen get the mean of all others."""
        with torch.no_grad():
            for module in self.modules():
                if isinstance(module, IdEmbedding):
                    module.table.weight[-1] = module.table.weight[:-1].mean(0)
            for table, row in self.own_embeddings:
                table.weight[row] = table.weight[:row].mean(0)
            for rows in self.initial.values() if self.is_declared else ():
                if len(rows) > 1:
                    rows[-1] = rows[:-1].mean(0)

    # What a rollout of a declared model needs ----------------------------------------------------------------

    def embedding(self, participants: Tensor) -> Tensor | None:
        """Embedding of each participant (S, C), None where the model has none; -1 is the population."""
        if not self.embeds_participants:
            return None
        embedded: Tensor = self.participant_embedding(participants % (self.n_participants + 1))
        return embedded

    def context(self, embedding: Tensor | None, experiments: Tensor) -> Tensor | None:
        """What the networks know of each sequence (S, C): participant, and experiment where there are several."""
        if embedding is None or not hasattr(self, "experiment_embedding"):
            return embedding
        return torch.cat([embedding, self.experiment_embedding(experiments % (self.n_experiments + 1))], dim=-1)

    def forms(self, context: Tensor | None, n_sequences: int) -> dict[str, Form]:
        """What each mechanism is in a window of trials: its network (with a dropout mask), or the given equation."""
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
        """A hard-coded equation as a polynomial whose coefficients are given."""
        assert mechanism.equation is not None
        terms = given_terms((mechanism.state, *mechanism.input_names), tuple(mechanism.equation))
        parameter = next(self.parameters(), torch.zeros(()))
        return PolynomialForm(terms, parameter.new_tensor([list(mechanism.equation.values())]))

    def initial_state(self, n_sequences: int, participants: Tensor | None = None) -> dict[str, Tensor]:
        """Values at the start of a sequence, each (S, A)."""
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
        """Factor of each state in the logits, (S, 1) or (1,)."""
        factors = {}
        for name, state in self.states.items():
            if not state.readout:
                continue
            if name not in self.betas:
                factors[name] = next(self.parameters(), torch.zeros(())).new_ones(1)
            else:
                factors[name] = self.betas[name](embedding)
        return factors

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
        """
        from spice.model.run import run_declared_arrays

        return run_declared_arrays(self, inputs, prev_state, batch_first)

    def init_forward_pass(
        self, inputs: Tensor, prev_state: Mapping[str, Tensor] | None, batch_first: bool
    ) -> tuple[tuple[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor], Tensor, Tensor]:
        """Split the inputs, time first, and set the state to start from.

        In a fit, rewards are 0 where they were not shown.

        Returns
        -------
        (actions, rewards, blocks, additional_inputs), (participant_ids, experiment_ids), logits, timesteps
            Signals are (T, S, …); ids are (S, 1); logits (T, S, A) of zeros.
        """
        if batch_first:
            inputs = inputs.permute(1, 0, 2)
        n = self._n_actions
        actions, rewards = inputs[..., :n], torch.nan_to_num(inputs[..., n : 2 * n])
        blocks = inputs[..., -3:-2].long().expand(-1, -1, n)
        ids = inputs[0, :, -1:].long(), inputs[0, :, -2:-1].long()
        self.set_initial_state(inputs.shape[1]) if prev_state is None else self.set_state(prev_state)
        for network in self.submodules_rnn.values():
            if isinstance(network, MechanismNetwork):
                network.mask = None
        self.recording, self._steps = {}, {}
        timesteps = torch.arange(inputs.shape[0])
        return (actions, rewards, blocks, inputs[..., 2 * n : -3]), ids, torch.zeros_like(actions), timesteps

    def post_forward_pass(self, logits: Tensor, batch_first: bool) -> Tensor:
        """Give the logits in the order of the inputs."""
        return logits.permute(1, 0, 2) if batch_first else logits

    def set_initial_state(self, batch_size: int = 1) -> dict[str, Tensor]:
        """Put every state back to its initial value."""
        self.state = self.initial_state(batch_size)
        return self.state

    def get_state(self, detach: bool = False) -> dict[str, Tensor]:
        """The current state, each (S, A)."""
        return {k: v.detach() for k, v in self.state.items()} if detach else dict(self.state)

    def set_state(self, state_dict: Mapping[str, Tensor]) -> None:
        """Go on from a state."""
        self.state = dict(state_dict)

    def record_signal(self, key: str, value: Tensor) -> None:
        """Name a signal of this trial, so that equations may use it."""
        self.recording.setdefault(key, []).append(value)

    def call_module(
        self,
        key_module: str,
        key_state: str,
        action: Tensor | None = None,
        inputs: Tensor | tuple[Tensor, ...] | None = None,
        participant_embedding: Tensor | None = None,
        participant_index: Tensor | None = None,
        activation_rnn: Callable[[Tensor], Tensor] | None = None,
        scaling: bool = False,
    ) -> Tensor:
        """Next value (S, A) of a state by one mechanism, zero where `action` is 0.

        A network is called with `inputs` (one tensor (S, A) or (S, 1) each) and the embedding, one of your own with
        value, inputs and embedding as one array, and gives the change of the value; an equation
        found takes its inputs by name from the signals recorded in this trial; a hard-coded one in
        `submodules_eq` gets the value and the stacked inputs. With `scaling` the result is multiplied by the
        state's inverse temperature. `participant_index` is accepted for old scripts; the rows of a model's
        equations belong to its sequences already.
        """
        value = self.state[key_state]
        bounded = activation_rnn in (torch.sigmoid, nn.functional.sigmoid) or isinstance(activation_rnn, nn.Sigmoid)
        if key_module in self.equations:
            updated = self._call_equation(key_module, value)
            if bounded:
                updated = updated.clamp(0.0, 1.0)
        elif key_module in self.submodules_rnn:
            network = self.submodules_rnn[key_module]
            stacked = _stack(inputs, value)
            if participant_embedding is not None:
                context = participant_embedding.reshape(len(value), -1, participant_embedding.shape[-1])
                stacked = torch.cat([stacked, context.expand(-1, value.shape[-1], -1)], dim=-1)
            is_ours = isinstance(network, MechanismNetwork)
            updated = network(value, stacked) if is_ours else changed_by(network, key_module, value, stacked)
            if activation_rnn is not None and not is_ours:
                updated = activation_rnn(updated)
            elif activation_rnn is not None:
                # An activation bounds the next value itself, not the change of it.
                updated = activation_rnn(updated - value)
        elif key_module in self.submodules_eq:
            self.coded_states[key_module] = key_state
            updated = self.submodules_eq[key_module](value, _stack(inputs, value))
        else:
            raise ConfigError(
                "key_module", f"one of {sorted({*self.submodules_rnn, *self.submodules_eq})}", repr(key_module),
                "Set it up in the model's __init__.",
            )  # fmt: skip
        mask = torch.ones_like(value) if action is None else action
        if self.calls is not None:
            signals = {name: values[-1] for name, values in self.recording.items()}
            self.calls.setdefault(key_module, []).append(ModuleCall(key_state, value, updated, mask, signals, bounded))
        if scaling and key_state in self.betas:
            updated = updated * self.betas[key_state](participant_embedding)
        return updated * mask

    def _call_equation(self, key_module: str, value: Tensor) -> Tensor:
        form = self.equations[key_module]
        missing = [name for name in form.terms.variables[1:] if name not in self.recording]
        if missing:
            raise ConfigError(
                f"signals of {key_module!r}", f"{missing} recorded before it is called", sorted(self.recording),
                "Call record_signal(name, value) in forward, ahead of call_module.",
            )  # fmt: skip
        inputs = [self.recording[name][-1].to(value).expand_as(value) for name in form.terms.variables[1:]]
        if key_module not in self._steps:
            self._steps[key_module] = form.prepare([None] * len(inputs))
        return self._steps[key_module](0, value, inputs)


def build_model(
    rnn_class: type[BaseRNN],
    n_actions: int,
    n_participants: int,
    n_experiments: int,
    options: NetworkOptions,
    seed: int = 0,
) -> BaseRNN:
    """Construct a model, giving its constructor what it has parameters for.

    torch draws initial weights from one generator for the whole process: it is seeded here, while nobody else
    builds, and put back.
    """
    sizes = {"n_actions": n_actions, "n_participants": n_participants, "n_experiments": n_experiments}
    parameters = inspect.signature(rnn_class).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    arguments: dict[str, Any] = {name: n for name, n in sizes.items() if takes_all or name in parameters}
    needed = [p.name for p in parameters.values() if p.default is p.empty and p.kind in _ASKS]
    unknown = [name for name in needed if name not in arguments]
    if unknown:
        raise ConfigError(
            f"constructor of {rnn_class.__name__}", f"no parameters without a default but {list(sizes)}", unknown,
            "Give them defaults.",
        )  # fmt: skip
    with _BUILDING, network_options(options), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = rnn_class(**arguments)
    # A constructor of one's own need not pass them on.
    model.n_participants, model.n_experiments = n_participants, n_experiments
    model.own_embeddings = add_population_rows(model)
    return model


def _stack(inputs: Tensor | tuple[Tensor, ...] | None, value: Tensor) -> Tensor:
    if inputs is None:
        return value.new_zeros((*value.shape, 0))
    parts = inputs if isinstance(inputs, tuple | list) else (inputs,)
    return torch.stack([part.to(value).expand_as(value) for part in parts], dim=-1)
