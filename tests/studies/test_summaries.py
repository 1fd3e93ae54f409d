import numpy as np
import pytest

from studies import summaries
from studies.people import Population

CELL = list(Population(4, 1, 10, "drift", 0))
HAS = [[True, True, False], [True, False, False], [False, True, False], [False, False, False]]


def line(**parts):
    sure = (np.array(HAS) * 0.8 + 0.1).tolist()
    made = {
        "study": "who has what", "cell": CELL, "has": HAS, "size": (np.array(HAS) * 0.5).tolist(), "probability": sure,
        "ratio": [[9.0, 1.0, 5.0]] * 4, "oracle": sure,
        "prevalence": [[0.5, 0.3, 0.7], [0.8, 0.6, 0.9], [0.0, 0.0, 0.2]],
    }  # fmt: skip
    return made | parts


def test_detections() -> None:
    frame = summaries.detections([line()]).set_index("mechanism")
    assert frame.auc["asymmetry"] == frame.auc_size["asymmetry"] == frame.found["forgetting"] == 1
    assert frame.wrong["asymmetry"] == 0
    assert (frame.found_ratio["asymmetry"], frame.wrong_ratio["asymmetry"]) == (1, 1)
    assert frame.wrong_ratio["perseveration"] == 0
    assert (frame.auc_oracle["forgetting"], frame.found_oracle["forgetting"], frame.wrong_oracle["forgetting"]) == (
        1,
        1,
        0,
    )
    assert np.isnan(frame.auc["perseveration"])
    assert frame.error.tolist() == pytest.approx([0.0, 0.3, 0.0])
    assert frame.holds.tolist() == [True, False, True]
    assert frame.even.all()


def test_structures() -> None:
    cells = [list(Population(4, 1, 10, "drift", 0, shares)) for shares in ((0.0, 1.0, 1.0), (0.0, 0.0, 0.0))]
    frame = summaries.structures([
        {"cell": cells[0], "missing": ["a: b"], "extra": []}, {"cell": cells[1], "missing": [], "extra": []},
    ])  # fmt: skip
    assert frame.mechanisms.tolist() == ["forgetting, perseveration", "none of them"]
    assert frame.exact.tolist() == [False, True]
    assert frame.wrong.tolist() == [["missing `a: b`"], []]


def test_rates_and_numbers() -> None:
    rates = {"equations": {"r_learning": 0.9, "r_forgetting": 0.8, "rmse_forgetting": 0.1}}
    cell = ["skewed", 4, 10, "drift", 0]
    frame = summaries.rates(
        [{"study": "rates", "cell": cell, "held_out": {"rules": 0.5, "equations": 0.6}, "rates": rates}]
    )
    assert frame.set_index("method").r_learning.to_dict() == pytest.approx(
        {"rules": np.nan, "equations": 0.9}, nan_ok=True
    )
    columns = {"kind": ["a", "b"], "person": [0, -1], "true": [0.0, 1.0]}
    frame = summaries.numbers([{"cell": CELL, "numbers": columns}])
    assert frame.of.tolist() == ["people", "population"]
    assert frame.choices.tolist() == [10, 10]
