"""Which observations there are."""

import pytest

from spice.exceptions import ConfigError
from spice.observation.base import Observation
from spice.observation.find_observation import find_observation


def test_observations_are_found_by_name():
    assert find_observation("softmax").name == "softmax"
    assert find_observation("softmax-with-lapses").parameters[0].name == "lapse"
    with pytest.raises(ConfigError, match="softmax-with-lapses"):
        find_observation("coin")


def test_each_file_of_the_folder_is_known_and_each_name_gives_an_own_object() -> None:
    names = {find_observation(name).name for name in ("softmax", "softmax-with-lapses")}
    assert names == {"softmax", "softmax-with-lapses"}
    assert find_observation("softmax").in_kernels
    assert not find_observation("softmax-with-lapses").in_kernels


def test_one_that_is_defined_elsewhere_is_known_once_it_is_imported() -> None:
    with pytest.raises(ConfigError, match="Import the module that defines it"):
        find_observation("coin of the tests")

    class Coin(Observation):
        name = "coin of the tests"

    assert type(find_observation("coin of the tests")) is Coin
