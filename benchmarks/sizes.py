"""The data that are measured on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """A data set, and how much of each step is measured on it.

    `epochs` is for full sequences, `window_epochs` for our default windows, `peer_people` how many the peer finds
    equations for (0: all of them, as part of its whole fit).
    """

    people: int
    trials: int
    epochs: int
    window_epochs: int
    peer_epochs: int = 0
    peer_people: int = 0
    fit_epochs: int = 0


SIZES = (
    Size(64, 200, epochs=300, window_epochs=40, peer_epochs=20, fit_epochs=300),
    Size(256, 200, epochs=100, window_epochs=20, peer_epochs=10, peer_people=16, fit_epochs=300),
    Size(1_000, 500, epochs=20, window_epochs=5, peer_epochs=5, peer_people=16, fit_epochs=300),
)
GROWTH = (Size(3_000, 500, epochs=6, window_epochs=3), Size(10_000, 1_000, epochs=3, window_epochs=2))
QUICK = (Size(64, 200, epochs=50, window_epochs=10, peer_epochs=4, peer_people=4, fit_epochs=30),)
