"""Two fits, or many predictions, at once, in threads and in forked processes."""

import json
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=40, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


def fit(people, model=ParticipantEmbeddingRNN, config=None, **parameters):
    defaults = {"epochs": 8, "n_trials_off_policy": 100, "random_state": 1}
    return SpiceEstimator(model, config, **(defaults | parameters)).fit(*people)


def test_two_fits_at_once_equal_one_alone(people):
    alone = fit(people).predict(people[0])
    with ThreadPoolExecutor(2) as pool:
        both = [f.result() for f in [pool.submit(fit, people) for _ in range(2)]]
    for estimator in both:
        for found, expected in zip(estimator.predict(people[0]), alone, strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(("model", "config"), [(ParticipantEmbeddingRNN, None), (OwnForwardRNN, OWN_FORWARD_CONFIG)])
def test_predictions_at_once_do_not_mix(people, model, config):
    estimator = fit(people, model, config, epochs=2, spice_refine=False)
    expected = estimator.predict(people[0])
    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(lambda _: estimator.predict(people[0]), range(24)):
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_array_equal(a, b)


FORKED = """
import json, multiprocessing, sys, warnings
from joblib import Parallel, delayed
import torch
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN

warnings.simplefilter("ignore")
DATA = simulate_individual_differences(n_participants=16, n_trials=100, random_state=1)[0]
MODEL = (ParticipantEmbeddingRNN, None) if sys.argv[1] == "declared" else (OwnForwardRNN, OWN_FORWARD_CONFIG)
REFINES = sys.argv[1] == "declared"
MOST_SECONDS = 240  # What hangs, hangs for ever: the time is only there to end it.

def fit(seed):
    # What a fit needs threads for depends on its size; a product of this size always does.
    assert torch.ones(400, 400).mm(torch.ones(400, 400)).add(1.0).sum() > 0
    estimator = SpiceEstimator(*MODEL, epochs=1, spice_refine=REFINES, n_trials_off_policy=200, random_state=seed)
    return estimator.fit(DATA.xs, DATA.ys).score(DATA.xs, DATA.ys), estimator.history_[-1]["loss"]

assert torch.get_num_threads() == 2
here = [fit(seed) for seed in (0, 1)]
with multiprocessing.get_context("fork").Pool(2) as pool:
    forked = pool.map_async(fit, (0, 1)).get(MOST_SECONDS)
by_joblib = Parallel(n_jobs=2, backend="multiprocessing", timeout=MOST_SECONDS)(delayed(fit)(seed) for seed in (0, 1))
assert torch.get_num_threads() == 2
print(json.dumps([here, forked, by_joblib]))
"""


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork on this system")
@pytest.mark.parametrize("model", ["declared", "own forward"])
def test_fits_in_processes_forked_after_a_fit(model):
    root = Path(__file__).parents[1]
    environment = os.environ | {"OMP_NUM_THREADS": "2", "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")])}
    done = subprocess.run([sys.executable, "-c", FORKED, model], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    here, forked, by_joblib = json.loads(done.stdout)
    assert here[0] != here[1]
    np.testing.assert_allclose([forked, by_joblib], [here, here], atol=1e-6)
