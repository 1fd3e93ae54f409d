"""A model of one's own in a file, as in the headers of model files."""

from pydantic import ConfigDict, Field

from spice.declaration.mechanisms import Mechanism, State
from spice.observation.softmax import SOFTMAX
from spice_nb.state.schemas.plain import Schema


class StatesAndMechanisms(Schema):
    """What a model declares."""

    # It holds for mechanisms and states too: a name that is misspelt must not be passed over.
    model_config = ConfigDict(extra="forbid")

    states: dict[str, State]
    mechanisms: tuple[Mechanism, ...]
    additional_inputs: tuple[str, ...]
    observation: str = SOFTMAX.name


class DeclarationFile(Schema):
    """A declaration with the name of its class."""

    model: str
    declaration: StatesAndMechanisms
    context_size: int = Field(ge=0)
