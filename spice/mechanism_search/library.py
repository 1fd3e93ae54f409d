"""Mechanisms that people may have: what each is, where it comes from, and what it adds to a declaration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spice.declaration.mechanisms import ACTION, CHOSEN, NOT_CHOSEN, POSITION, REWARD, Input, Mechanism, State
from spice.observation.base import Observation
from spice.observation.lapses import SoftmaxWithLapses

VALUE, SLOW_VALUE, OUTCOME = "x_value_reward", "x_value_slow", "x_value_outcome"
TRACE, HABIT = "x_value_choice", "x_value_habit"
MEMORY, SURPRISING, SURPRISE = "x_value_memory", "x_value_surprise", "x_surprise"
SIDE = "x_side"
LAST, BEFORE_LAST = "x_choice_last", "x_choice_before_last"
OTHER_OUTCOMES = "outcomes of options that were not chosen"
"""What some data show, and some mechanisms need."""
FAST, SLOW = 1.5, -3.0
"""Rates to start from of what follows the last trials, or many; coordinates."""


@dataclass(frozen=True)
class LibraryMechanism:
    """A mechanism, and what a model gains with it.

    Attributes
    ----------
    name : str
        As `discover_model` and the command line call it.
    sentence : str
        What a person does who has it.
    source : str
    states : mapping of name to State
        Added.
    mechanisms : tuple of Mechanism
        Added.
    inputs : mapping of mechanism to tuple of Input
        Inputs that mechanisms of others gain.
    terms : mapping of mechanism to tuple of str
        Terms that mechanisms gain, beside those that `Candidate.terms` gives them.
    observation : Observation, optional
        How choices come about, where it is another way than by a softmax.
    needs : str
        What the data must show.
    builds_on : tuple of str
        Names of others without which there is nothing to add to.
    typical : mapping of (kind, name, term) to float
        Coordinates of people who have it, for simulation, where they are not where a fit starts.
    starts : mapping of (kind, name) to float
        Where a fit starts: ("betas", state) as an inverse temperature, ("values", mechanism) as the coordinate of its
        rate.
    """

    name: str
    sentence: str
    source: str
    states: Mapping[str, State] = field(default_factory=dict)
    mechanisms: tuple[Mechanism, ...] = ()
    inputs: Mapping[str, tuple[Input, ...]] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    observation: Observation | None = None
    needs: str = ""
    builds_on: tuple[str, ...] = ()
    typical: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    starts: Mapping[tuple[str, str], float] = field(default_factory=dict)


def _state(initial: float = 0.0) -> State:
    return State(initial, learned="equations", inverse_temperature="participant")


def _values(state: str) -> tuple[Mechanism, Mechanism]:
    """Learned on the chosen arm, drifting on the others."""
    return (
        Mechanism(f"{state}_chosen", state=state, applies_to=CHOSEN, inputs=(REWARD,)),
        Mechanism(f"{state}_not_chosen", state=state, applies_to=NOT_CHOSEN),
    )


def _trace(state: str) -> tuple[Mechanism, Mechanism]:
    return (
        Mechanism(f"{state}_chosen", state=state, applies_to=CHOSEN),
        Mechanism(f"{state}_not_chosen", state=state, applies_to=NOT_CHOSEN),
    )


def _rates(state: str, rate: float) -> dict[tuple[str, str], float]:
    return {("values", f"{state}_{arms}"): rate for arms in (CHOSEN, NOT_CHOSEN)}


def _effect(state: str, arms: str, term: str, size: float) -> dict[tuple[str, str, str], float]:
    """Coordinate of a term, or of the rate where none is named."""
    return {("values", f"{state}_{arms}", term or f"{state}_{arms}"): size}


def _reads(reader: str, read: str) -> dict[str, tuple[Input, ...]]:
    return {f"{reader}_{arms}": (Input(read),) for arms in (CHOSEN, NOT_CHOSEN)}


_ALL = (
    LibraryMechanism(
        "learning", "The value of the chosen option moves towards its outcome, by a learning rate.",
        "Rescorla & Wagner (1972)",
        states={VALUE: _state(0.5)}, mechanisms=_values(VALUE)[:1],
        typical={("betas", VALUE, "1"): 3.0, **_effect(VALUE, CHOSEN, "", -0.5)},
    ),
    LibraryMechanism(
        "two learning rates", "Outcomes better than expected teach more, or less, than worse ones.",
        "Niv, Edlund, Dayan & O'Doherty (2012), J Neurosci 32",
        terms={f"{VALUE}_chosen": (f"{VALUE}_chosen {REWARD}",)}, builds_on=("learning",),
        typical=_effect(VALUE, CHOSEN, f"{VALUE}_chosen {REWARD}", 2.5),
    ),
    LibraryMechanism(
        "forgetting", "The value of options that are not chosen drifts back to where it started.",
        "Ito & Doya (2009), J Neurosci 29",
        mechanisms=_values(VALUE)[1:], builds_on=("learning",), typical=_effect(VALUE, NOT_CHOSEN, "", -1.0),
    ),
    LibraryMechanism(
        "forgetting to a level", "The value of options that are not chosen drifts to a level of the person's own.",
        "Katahira (2015), J Math Psychol 66",
        terms={f"{VALUE}_not_chosen": ("1",)}, builds_on=("forgetting",), typical=_effect(VALUE, NOT_CHOSEN, "1", 0.7),
    ),
    LibraryMechanism(
        "coupling", "The outcome of the chosen option also teaches about the others, as where one is good when the "
        "other is bad.",
        "Hampton, Bossaerts & O'Doherty (2006), J Neurosci 26",
        inputs={f"{VALUE}_not_chosen": (Input(REWARD, arm="chosen"),)}, builds_on=("forgetting",),
        typical=_effect(VALUE, NOT_CHOSEN, f"{REWARD}_chosen", -0.5),
    ),
    LibraryMechanism(
        "counterfactual outcomes", "What an option would have paid is learned from too, by a rate of its own.",
        "Palminteri, Lefebvre, Kilford & Blakemore (2017), PLoS Comput Biol 13",
        inputs={f"{VALUE}_not_chosen": (Input(REWARD),)}, needs=OTHER_OUTCOMES, builds_on=("forgetting",),
        typical=_effect(VALUE, NOT_CHOSEN, REWARD, 0.4),
    ),
    LibraryMechanism(
        "slow values", "A second value follows outcomes over many trials, beside one that follows the last ones.",
        "Iigaya, Ahmadian, Sugrue, Corrado, Loewenstein, Newsome & Fusi (2019), Nat Commun 10",
        states={SLOW_VALUE: _state(0.5)}, mechanisms=_values(SLOW_VALUE), builds_on=("learning",),
        typical={("betas", SLOW_VALUE, "1"): 8.0, **_effect(VALUE, CHOSEN, "", 1.0)},
        starts={("betas", SLOW_VALUE): 1.0, **_rates(SLOW_VALUE, SLOW)},
    ),
    LibraryMechanism(
        "memory of the last outcome", "What an option paid last is remembered for a while, beside values that are "
        "learned slowly.",
        "Collins & Frank (2012), Eur J Neurosci 35",
        states={MEMORY: State(0.5, inverse_temperature="participant")},
        mechanisms=(
            Mechanism(f"{MEMORY}_chosen", state=MEMORY, applies_to=CHOSEN, inputs=(REWARD,), equation={REWARD: 1.0}),
            Mechanism(f"{MEMORY}_not_chosen", state=MEMORY, applies_to=NOT_CHOSEN),
        ),
        builds_on=("learning",), starts={("betas", MEMORY): 0.5},
        typical={
            ("betas", MEMORY, "1"): 2.0, **_effect(VALUE, CHOSEN, "", -2.0),
            **_effect(MEMORY, NOT_CHOSEN, "", -0.4), **_effect(MEMORY, NOT_CHOSEN, "1", 0.2),
        },
    ),
    LibraryMechanism(
        "surprise", "Surprising outcomes of an option make the next ones teach more: a value is learned by a rate that "
        "follows the size of its errors.",
        "Pearce & Hall (1980), Psychol Rev 87; Li, Schiller, Schoenbaum, Phelps & Daw (2011), Nat Neurosci 14",
        states={
            SURPRISING: State(0.5, inverse_temperature="participant"), SURPRISE: State(0.5, readout=False),
        },
        mechanisms=(
            Mechanism(
                f"{SURPRISING}_chosen", state=SURPRISING, applies_to=CHOSEN, inputs=(REWARD, SURPRISE),
                equation={SURPRISING: 1.0, f"{REWARD} {SURPRISE}": 1.0, f"{SURPRISING} {SURPRISE}": -1.0},
            ),
            # The square of the error, averaged over the last outcomes of the option.
            Mechanism(
                f"{SURPRISE}_chosen", state=SURPRISE, applies_to=CHOSEN, inputs=(REWARD, SURPRISING),
                equation={
                    SURPRISE: 0.7, f"{REWARD}^2": 0.3, f"{REWARD} {SURPRISING}": -0.6, f"{SURPRISING}^2": 0.3,
                },
            ),
        ),
        builds_on=("learning",), starts={("betas", SURPRISING): 0.5},
        typical={("betas", SURPRISING, "1"): 4.0, ("betas", VALUE, "1"): 0.5},
    ),
    LibraryMechanism(
        "outcome trace", "After a reward people look elsewhere for a while, and return.",
        "Dezfouli, Griffiths, Ramos, Dayan & Balleine (2019), PLoS Comput Biol 15",
        states={OUTCOME: _state(0.5)}, mechanisms=_values(OUTCOME), builds_on=("learning",),
        typical={("betas", OUTCOME, "1"): -3.0}, starts={("betas", OUTCOME): -0.5, **_rates(OUTCOME, FAST)},
    ),
    LibraryMechanism(
        "perseveration", "What was chosen is chosen again, whatever its outcome; with a negative inverse temperature, "
        "people alternate.",
        "Lau & Glimcher (2005), J Exp Anal Behav 84",
        states={TRACE: _state()}, mechanisms=_trace(TRACE),
        typical={("betas", TRACE, "1"): 1.0}, starts={("betas", TRACE): 0.5, **_rates(TRACE, FAST)},
    ),
    LibraryMechanism(
        "habit", "What was chosen often, over many trials, is chosen again.",
        "Miller, Shenhav & Ludvig (2019), Psychol Rev 126",
        states={HABIT: _state()}, mechanisms=_trace(HABIT), builds_on=("perseveration",),
        typical={("betas", HABIT, "1"): 2.0}, starts={("betas", HABIT): 0.5, **_rates(HABIT, SLOW)},
    ),
    LibraryMechanism(
        "choice before last", "The choice before the last one counts by itself: people have patterns, such as there "
        "and back, or twice each.",
        "Lau & Glimcher (2005), J Exp Anal Behav 84",
        states={
            LAST: State(0.0, readout=False), BEFORE_LAST: State(0.0, inverse_temperature="participant"),
        },
        mechanisms=(
            Mechanism(BEFORE_LAST, state=BEFORE_LAST, inputs=(LAST,), equation={LAST: 1.0}),
            Mechanism(LAST, state=LAST, inputs=(ACTION,), equation={ACTION: 1.0}),
        ),
        builds_on=("perseveration",), typical={("betas", BEFORE_LAST, "1"): -1.0}, starts={("betas", BEFORE_LAST): 0.1},
    ),
    LibraryMechanism(
        "outcomes strengthen repetition", "A rewarded choice leaves another trace than one without reward.",
        "Ito & Doya (2009), J Neurosci 29",
        inputs={
            f"{TRACE}_chosen": (Input(REWARD),),
            f"{TRACE}_not_chosen": (Input(REWARD, arm="chosen"),),
        },
        builds_on=("perseveration",), typical=_effect(TRACE, CHOSEN, REWARD, -1.2),
    ),
    LibraryMechanism(
        "repetition reads habit", "How fast a choice leaves its trace depends on how habitual it is.",
        "Miller, Shenhav & Ludvig (2019), Psychol Rev 126",
        inputs=_reads(TRACE, HABIT), builds_on=("habit",), typical=_effect(TRACE, CHOSEN, HABIT, -3.0),
    ),
    LibraryMechanism(
        "repetition reads values", "Repetition is stronger, or weaker, where the option is worth more.",
        "Palminteri (2023), Behav Neurosci 137",
        inputs=_reads(TRACE, VALUE), builds_on=("learning", "perseveration"),
        typical=_effect(TRACE, CHOSEN, VALUE, -1.5),
    ),
    LibraryMechanism(
        "values read repetition", "What was chosen lately is learned about, or forgotten, differently.",
        "Palminteri (2023), Behav Neurosci 137",
        inputs=_reads(VALUE, TRACE), builds_on=("forgetting", "perseveration"),
        typical=_effect(VALUE, NOT_CHOSEN, TRACE, -2.0),
    ),
    LibraryMechanism(
        "side bias", "Options on one side are preferred, whatever they pay; with more than two, those further along.",
        "Akaishi, Umeda, Nagase & Sakai (2014), Neuron 81",
        states={SIDE: State(0.0, inverse_temperature="participant", resets="sequence")},
        mechanisms=(Mechanism(SIDE, state=SIDE, inputs=(POSITION,), equation={POSITION: 1.0}),),
        typical={("betas", SIDE, "1"): 1.0}, starts={("betas", SIDE): 0.1},
    ),
    LibraryMechanism(
        "lapses", "Now and then a choice is made blindly.",
        "Pisupati, Chartarifsky-Lynn, Khanal & Churchland (2021), eLife 10",
        observation=SoftmaxWithLapses(),
        # Where values weigh little, choices are about as random without lapses.
        typical={("observed", "lapse", "1"): -0.4, ("betas", VALUE, "1"): 8.0},
    ),
)  # fmt: skip

LIBRARY: Mapping[str, LibraryMechanism] = {entry.name: entry for entry in _ALL}
"""All that need no input of one's own, by name, each after those that it builds on."""


def library_with(inputs: Sequence[str]) -> Mapping[str, LibraryMechanism]:
    """The library for data with additional inputs, each of which may gate learning, forgetting or repetition.

    Parameters
    ----------
    inputs : sequence of str
        Their names, as terms can hold them.

    Returns
    -------
    mapping of str to LibraryMechanism
    """
    return dict(LIBRARY) | {entry.name: entry for name in inputs for entry in _gated_by(name)}


def _gated_by(name: str) -> tuple[LibraryMechanism, ...]:
    def gated(what: str, sentence: str, mechanism: str, terms: tuple[str, ...], builds_on: str) -> LibraryMechanism:
        return LibraryMechanism(
            f"{what} depends on {name}", sentence, "A column of the data",
            inputs={mechanism: (Input(name),)}, terms={mechanism: tuple(f"{term} {name}".strip() for term in terms)},
            builds_on=(builds_on,),
        )  # fmt: skip

    learned, forgotten, repeated = f"{VALUE}_{CHOSEN}", f"{VALUE}_{NOT_CHOSEN}", f"{TRACE}_{CHOSEN}"
    return (
        gated(
            "learning", f"How fast values follow outcomes depends on {name}.", learned, (learned, REWARD), "learning"
        ),
        gated(
            "forgetting", f"How fast values are forgotten depends on {name}.", forgotten, (forgotten, ""), "forgetting",
        ),
        gated(
            "repetition", f"How much of a trace a choice leaves depends on {name}.", repeated, (repeated, ""),
            "perseveration",
        ),
    )  # fmt: skip
