"""What the `run.json` of a run says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from spice.exceptions import ConfigError
from spice_nb.state.schemas.plain import Schema, read_plain
from spice_nb.state.training import RunState

HEAD, VERSION = "spice-nb run", 1


def _as_iso(started: Any) -> Any:
    # Else a number would be a time too.
    return datetime.fromisoformat(started) if isinstance(started, str) else started


class RunFacts(Schema):
    """Facts of a run. Settings are read when it is opened: a list of runs has those whose settings cannot be too."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    version: int = Field(default=VERSION, alias="spice-nb run")
    started: Annotated[datetime, BeforeValidator(_as_iso)]
    name: str
    state: RunState
    settings: dict[str, Any]

    def to_json(self) -> str:
        """The facts as written into `run.json`.

        Returns
        -------
        str
        """
        return self.model_dump_json(by_alias=True, indent=2)


def read_run_facts(plain: object) -> RunFacts:
    """Read the plain form of a `run.json`.

    Parameters
    ----------
    plain : object
        As JSON has it.

    Returns
    -------
    RunFacts

    Raises
    ------
    ConfigError
        No facts of a run, or those of a later version.
    """
    if not isinstance(plain, Mapping) or not isinstance(plain.get(HEAD), int):
        raise ConfigError("run.json", "facts of a run", "another file", "Delete this run.")
    if plain[HEAD] > VERSION:
        raise ConfigError("run", f"version {VERSION}", f"version {plain[HEAD]}", "Update spice-nb to read it.")
    return read_plain(RunFacts, plain, "run.json", "Delete this run.")
