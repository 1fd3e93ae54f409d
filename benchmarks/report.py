"""The tables of a run, as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from best import OURS, PEER, Found
from records import Run

LIMITS = {((64, 200), "epoch"): 0.0034, ((64, 200), "equations"): 0.09}
"""Seconds that throw-away prototypes needed."""
DISTURBED = 0.1
"""Share of the processors that others may use."""
AIM_SIZE, AIM = (1_000, 500), "60 s and 2,000 MB"
"""What a whole fit of that size, 300 epochs, should need at most."""

Lines = Iterable[str]


def write_results(
    file: Path,
    runs: Sequence[Run],
    truth: Mapping[tuple[int, int], float | None],
    facts: Mapping[str, Any],
    notes: Iterable[str],
    recorded: bool,
) -> None:
    """Write all tables that the runs so far give.

    `truth` is the score of the model that made the data, by size; `recorded` whether the smallest data were read
    from a file instead of simulated.
    """
    found = Found(runs)
    parts: list[Lines] = [_header(runs, facts, recorded)]
    for size in sorted({run.size for run in runs if run.what == "fit"}):
        parts += [_comparison(found, size), _held_out(found, size, truth.get(size))]
    parts += [_first_use(found), _growth(found), _whole_fit(found), notes]
    texts = ["\n".join(part) for part in parts]
    file.write_text("\n\n".join(text for text in texts if text) + "\n", encoding="utf-8")


def _header(runs: Sequence[Run], facts: Mapping[str, Any], recorded: bool) -> Lines:
    versions: dict[str, dict[str, str]] = {}
    for run in runs:
        versions.setdefault(run.package, {}).update({k: v for k, v in run.versions.items() if v is not None})
    listed = (
        f"{package} {found.get(package, '')} (" + ", ".join(f"{k} {v}" for k, v in found.items() if k != package) + ")"
        for package, found in versions.items()
    )
    yield (
        f"Made by `make bench` on {facts['date'][:10]} at commit {facts['commit']}, on "
        f"{facts['cpu_count']} processors ({facts['system']}): {'; '.join(listed)}."
    )
    yield ""
    yield "Data: two arms, people with learning and forgetting rates of their own, inverse temperature 3; " + (
        "64 x 200 from a file, the others simulated." if recorded else "simulated."
    )
    yield "The last trial of a sequence has no next choice and is left out."
    yield "Model: `ParticipantEmbeddingRNN` of each package. *Like for like*: the peer's default settings in both, full"
    yield "sequences, everybody in one mini-batch. *Our defaults*: mini-batches, and 64-trial windows in them."
    yield f"The same files, processes in turn, with {facts['threads']} threads and with 1, the best of each; whole fits"
    yield "with what an epoch was quickest with. A dash where nothing was measured."
    disturbed = [run for run in runs if run.others is not None and run.others > DISTURBED]
    if disturbed:
        yield ""
        yield (
            f"**Disturbed:** during {len(disturbed)} of {len(runs)} measurements others used more than {DISTURBED:.0%} "
            "of the processors. Repeat it on a quiet machine."
        )


def _comparison(found: Found, size: tuple[int, int]) -> Lines:
    epochs = max(run.epochs for run in found.select(OURS, size, "fit"))
    steps = found.best("gradient_steps", OURS, size, "steps", "default")
    fit, nothing = found.peer_fit(size, epochs), (None, "")
    measured = (
        ("epoch, full sequences (1 gradient step)", "epoch", "alike", found.peer_step("epoch", size)),
        (f"epoch, our defaults ({number(steps)} gradient steps)", "epoch", "default", nothing),
        ("equations for everybody, not refined", "equations", "alike", found.peer_step("equations", size)),
        ("predict all sequences", "predict", "alike", found.peer_step("predict", size)),
        (f"whole fit, {epochs} epochs, like for like, refined", "fit", "alike", fit),
        (f"whole fit, {epochs} epochs, our defaults, refined", "fit", "default", fit),
    )
    rows = []
    for label, name, settings, (peer, part) in measured:
        ours = found.best(name, OURS, size, "", settings)
        limit = LIMITS.get((size, name)) if settings == "alike" else None
        rows.append((label, number(ours), number(peer) + part, ratio(peer, ours), number(limit), ratio(ours, limit)))
    memory = found.best("peak_mb", OURS, size, "fit", "alike")
    peer_memory, part = found.peer_memory(size)
    rows.append(("peak memory of the process, MB", number(memory), number(peer_memory) + part, *["-"] * 3))
    yield f"### {named(size)}"
    yield ""
    columns = "step", "spice-nb, s", "autospice, s", "times faster", "prototype, s", "ours / prototype"
    yield from table(columns, rows)


def _held_out(found: Found, size: tuple[int, int], truth: float | None) -> Lines:
    fits = (
        ("spice-nb, like for like", OURS, "alike"),
        ("spice-nb, our defaults", OURS, "default"),
        ("autospice", PEER, "alike"),
    )
    rows = [("the model that made the data", "-", score(truth))]
    for label, package, settings in fits:
        values = [found.best(name, package, size, "fit", settings) for name in ("nll_network", "nll_equations")]
        rows.append((label, score(values[0]), score(values[1])))
    yield "Negative log-likelihood per held-out choice (another session of the same people), nats; smaller is better:"
    yield ""
    yield from table(("fit", "network", "equations"), rows)


def _first_use(found: Found) -> Lines:
    size = min(run.size for run in found.runs)
    imports = [number(found.best("import", package, size, "import")) for package in (OURS, PEER)]
    first = [number(found.best("first", OURS, size, what)) for what in ("first_cold", "first_warm")]
    yield f"### First use, {named(size)}"
    yield ""
    rows = (
        ("import of estimator and models", *imports),
        ("then a fit of one epoch, not refined: nothing compiled yet", first[0], "-"),
        ("the same in the next process: compiled code on disk", first[1], "-"),
    )
    yield from table(("", "spice-nb, s", "autospice, s"), rows)


def _growth(found: Found) -> Lines:
    rows = []
    for size in sorted({run.size for run in found.runs if run.what == "steps"}):
        row = [f"{size[0]:,} x {size[1]:,}"]
        for settings in ("alike", "default"):
            values = [found.best(name, OURS, size, "steps", settings) for name in ("epoch", "gradient_steps")]
            row.append(f"{number(values[0])} ({number(values[1])})")
        row += [number(found.best(name, OURS, size, "steps")) for name in ("equations", "predict")]
        row += [number(found.best("peak_mb", OURS, size, "steps", settings)) for settings in ("alike", "default")]
        rows.append(row)
    columns = (
        "people x trials", "epoch, full sequences, s (gradient steps)", "epoch, our defaults, s (gradient steps)",
        "equations, s", "predict, s", "peak memory, full sequences, MB", "peak memory, our defaults, MB",
    )  # fmt: skip
    yield "### Growth of spice-nb"
    yield ""
    yield from table(columns, rows)


def _whole_fit(found: Found) -> Lines:
    rows = []
    for label, settings in (("like for like", "alike"), ("our defaults", "default")):
        for run in found.select(OURS, AIM_SIZE, "fit", settings):
            names = ("fit", "train", "equations", "refine", "peak_mb")
            rows.append((f"{label}, {run.epochs} epochs", *(number(run.values.get(name)) for name in names)))
    if rows:
        yield f"A whole fit of {named(AIM_SIZE)} should need at most {AIM}:"
        yield ""
        columns = "settings", "whole fit, s", "network, s", "equations, s", "refinement, s", "peak memory, MB"
        yield from table(columns, rows)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    """The lines of a Markdown table."""
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def named(size: tuple[int, int]) -> str:
    """A size in words."""
    return f"{size[0]:,} people x {size[1]:,} trials"


def number(value: float | None) -> str:
    """Three digits."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(larger: float | None, smaller: float | None) -> str:
    """How many times as much."""
    if larger is None or smaller is None:
        return "-"
    return f"{larger / smaller:,.0f}" if larger >= 10 * smaller else f"{larger / smaller:.2g}"


def score(value: float | None) -> str:
    """Four decimals."""
    return "-" if value is None else f"{value:.4f}"
