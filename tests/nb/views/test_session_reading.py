import numpy as np

from spice_nb.state.session import EQUATIONS, NETWORK
from spice_nb.state.session_curves import PROBABILITY, Q_VALUE, Session
from spice_nb.views.session_reading import reading

SESSION = Session(
    choice=np.array([0, 1]),
    chosen=np.array([True, False]),
    reward=np.array([1.0, 0.0]),
    curves={
        Q_VALUE: {NETWORK: np.array([0.25, np.nan])},
        PROBABILITY: {NETWORK: np.array([0.5, 0.625]), EQUATIONS: np.array([0.5, 0.75])},
    },
    nll={NETWORK: 0.6123, EQUATIONS: 0.6},
)


def cells(page: str) -> list[list[str]]:
    """Numbers of each row."""
    rows = page.split("<tbody>")[1].split("</tr>")[:-1]
    return [[cell.split("</td>")[0] for cell in row.split("<td class='number'>")[1:]] for row in rows]


def test_a_row_an_agent_with_its_values_before_the_trial() -> None:
    page = reading("Trial 2.", SESSION, 2)
    dash = "<span class='spice-quiet'>&ndash;</span>"
    # Probabilities come first, whatever the order of the curves; what an agent has not is a dash.
    assert page.index(PROBABILITY) < page.index(Q_VALUE)
    assert cells(page) == [["0.625", dash, "0.612"], ["0.750", dash, "0.600"]]
    assert cells(reading("", SESSION, 1))[0] == ["0.500", "0.250", "0.612"]


def test_sentences_stay_text_and_are_said_to_screen_readers() -> None:
    assert "<p role='status' aria-live='polite'>option &lt;b&gt; chosen</p>" in reading("option <b> chosen", SESSION, 1)
