"""The document of what comes back of simulated people."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from recovery_figures import draw_calibration, draw_coverage, draw_prevalence, draw_rates
from studies import summaries
from studies.people import MECHANISMS, Population
from studies.scores import calibration, coverage
from studies.summaries import Results

AIMS = {"asymmetry": 0.93, "forgetting": 0.97, "perseveration": 0.96}
CLOSE = 0.1
METHODS = {
    "rules": "true rules", "hierarchical": "hierarchical", "alone": "alone", "equations": "equations",
    "network": "network",
}  # fmt: skip
LIMITS = "who knows the true rules", "who knows how people are drawn"
WITH_RATES = ("hierarchical", "alone", "equations")

HEAD = """
What comes back of people whose equations are known, and how sure a fit is of it. `make recovery` makes all fits and
writes this page (it takes hours; `make recovery RECOVERY=quick` takes minutes, and writes elsewhere). A small part
of each study runs in the tests; `tests/studies` says how people are made and fits are read.
"""
PEOPLE = """
People choose between two arms, whose rewards drift or reverse. The chosen arm is learned by V <- V + alpha (r - V);
those who learn *asymmetrically* have another alpha where r = 0. In those who *forget*, the other arm goes V <- V +
phi (0.5 - V). Those who *perseverate* have a trace C of their choices too. Rates and inverse temperatures differ
between people, on logit and log scale by a normal distribution, or uniformly. A fit is told nothing of that. All
seeds are fixed.
"""


def write(document: Path, results: Results) -> None:
    """Write the document and its figures, in a folder of its name beside it."""
    figures = document.with_suffix("")
    figures.mkdir(parents=True, exist_ok=True)
    blocks = ["# Recovery", words(HEAD), words(PEOPLE)]
    for study, section in SECTIONS.items():
        own = [line for line in results if line["study"] == study]
        blocks += section(own, figures) if own else []
    document.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _who_has_what(results: Results, figures: Path) -> Iterator[str]:
    frame = summaries.detections(results)
    sizes = Counter((cell.people, cell.blocks, cell.trials) for cell in (Population(*line["cell"]) for line in results))
    described = ", ".join(f"{n} populations of {p} people x {b} x {t} choices" for (p, b, t), n in sizes.items())
    even = frame[frame.even]
    yield "## Who has what"
    yield words(f"""
        {described}, with `FixedStartsRNN` of the studies and degree 2. In {len(even) // 3} of them half of the people
        have each mechanism, independently of the others. *Who knows the true rules* is a likelihood ratio for each
        person alone. *Who knows how people are drawn* is the probability by Bayes' theorem for one who is told of
        everything but the person; nothing can do better. The AUC is how often one who has a mechanism is told from one
        who has not; that of coefficients ranks people by how far they are from doing nothing.
    """)
    yield table(
        ["AUC", "probability", "aim", "lowest", "coefficient", *LIMITS],
        [
            [name, number(own.auc.mean()), f"{AIMS[name]:.2f}", number(own.auc.min()),
             *(number(own[column].mean()) for column in ("auc_size", "auc_ratio", "auc_oracle"))]
            for name, own in even.groupby("mechanism", sort=False)
        ],
    )  # fmt: skip
    yield words("""
        Shares found of those who have it / of those who have not, by a probability above .5 and by a ratio above its
        5 % point (aim: .80 and .08):
    """)
    yield table(
        ["found", "probability", *LIMITS],
        [
            [name, *(
                f"{number(own['found' + by].mean())} / {number(own['wrong' + by].mean())}"
                for by in ("", "_ratio", "_oracle")
            )]
            for name, own in even.groupby("mechanism", sort=False)
        ],
    )  # fmt: skip
    yield words("""
        The same by the signs of effects. *Mixed* are populations in which some people have the opposite of what others
        have.
    """)
    yield table(
        ["signs", "populations", *MECHANISMS],
        [
            [signs, len(own) // 3, *(
                f"{number(one.found.mean())} / {number(one.wrong.mean())}"
                for _, one in own.groupby("mechanism", sort=False)
            )]
            for signs, own in even.groupby(even.made.str.split(", ").str[-1], sort=False)
        ],
    )  # fmt: skip
    yield "AUC of the probability, and in brackets for one who knows how people are drawn, by how they were drawn:"
    made = even.groupby(["made", "mechanism"], sort=False)[["auc", "auc_oracle"]].mean()
    yield table(
        ["task, rates, signs", "populations", *MECHANISMS],
        [
            [name, len(own) // 3, *("{} ({})".format(*map(number, made.loc[name, k])) for k in MECHANISMS)]
            for name, own in even.groupby("made", sort=False)
        ],
    )
    yield from _prevalences(frame, figures)
    yield from _calibrations(results, figures)


def _prevalences(frame: pd.DataFrame, figures: Path) -> Iterator[str]:
    yield "### How many have it"
    draw_prevalence(frame, figures / "prevalence.png")
    yield f"How often the prevalence is within {CLOSE} of the true share (aim: .90), and its 95 % interval holds it."
    groups = [("all", frame), *((f"true share {share:.2f}", own) for share, own in frame.groupby("share"))]
    yield table(
        ["", "prevalences", "within .10", "mean error", "interval holds it"],
        [
            [name, len(own), number((own.error <= CLOSE).mean()), number(own.error.mean(), 3), number(own.holds.mean())]
            for name, own in groups
        ],
    )
    yield f"![Prevalence, true against found]({figures.name}/prevalence.png)"


def _calibrations(results: Results, figures: Path) -> Iterator[str]:
    yield "### Whether probabilities are what they say"
    found = {}
    for name, places in {**{word: [k] for k, word in enumerate(MECHANISMS)}, "all": range(3)}.items():
        probability, has = (
            np.concatenate([summaries.of_mechanism(results, part, k) for k in places])
            for part in ("probability", "has")
        )
        found[name] = calibration(probability, has)
    draw_calibration({name: own for name, own in found.items() if name != "all"}, figures / "calibration.png")
    yield words("""
        In each fifth of the probabilities of all populations: their mean, and the share of people who have it (aim:
        within .10).
    """)
    yield table(
        ["", *(f"fifth {k}" for k in range(1, 6)), "largest difference"],
        [
            [name, *(f"{number(p)}: {number(share)}" for p, share in zip(own.probability, own.share, strict=True)),
             number((own.probability - own.share).abs().max())]
            for name, own in found.items()
        ],
    )  # fmt: skip
    yield f"![Probability against share]({figures.name}/calibration.png)"


def _structure(results: Results, _: Path) -> Iterator[str]:
    frame, cell = summaries.structures(results), Population(*results[0]["cell"])
    yield "## Structure of a population"
    yield words(f"""
        {len(results)} populations of {cell.people} people x {cell.blocks} x {cell.trials} choices with the same
        model, in which all have the same mechanisms; people are alike, or differ half as much as above. Exact means
        that the population has all true terms and no other, constants aside, which follow from the others. It is so
        in {frame.exact.sum()} of {len(frame)} (aim: 76 of 80). Forgetting towards 0 makes people repeat their choices,
        and so nearly stands for forgetting and perseveration together: on drifting rewards, choices of 24 people tell
        the two apart by 6 nats, or not at all.
    """)
    yield table(
        ["mechanisms", "exact", "wrong terms, and in how many"],
        [
            [name, f"{own.exact.sum()} of {len(own)}",
             "; ".join(f"{term} ({n})" for term, n in Counter(own.wrong.sum()).most_common()) or "-"]
            for name, own in frame.groupby("mechanisms")
        ],
    )  # fmt: skip


def _rates(results: Results, _: Path) -> Iterator[str]:
    _, people, trials, *_ = results[0]["cell"]
    yield "## Rates, and choices not seen"
    yield words(f"""
        {len(results)} populations of {people} people x {trials} choices who learn and forget, and as many choices
        held out; `ParticipantEmbeddingRNN` with its defaults. Beside it stand the true rules of each person, fitted
        by maximum likelihood to each person alone, and hierarchically. Negative log-likelihood a choice, held out
        (aim of the equations: no more than .0004 above the hierarchical fit):
    """)
    yield from _rate_tables(summaries.rates(results))


def _recorded(results: Results, _: Path) -> Iterator[str]:
    yield "### People of a file"
    yield "The same with the choices and true rates of a file, and choices held out."
    yield from _rate_tables(summaries.rates(results))


def _rate_tables(frame: pd.DataFrame) -> Iterator[str]:
    groups = [*frame.groupby("rates", sort=False)]
    groups += [("mean", frame)] if len(groups) > 1 else []
    means = {name: own.groupby("method").mean(numeric_only=True) for name, own in groups}
    yield table(
        ["rates", "fits", *METHODS.values()],
        [
            [name, len(own) // len(METHODS), *(number(means[name].held_out[m], 4) for m in METHODS)]
            for name, own in groups
        ],
    )
    yield "Correlation with the true rates, and root mean square error of rates of forgetting:"
    what = {"r_learning": "r of learning", "r_forgetting": "r of forgetting", "rmse_forgetting": "error of forgetting"}
    yield table(
        ["rates", *(f"{word}: {method}" for word in what.values() for method in WITH_RATES)],
        [
            [name, *(number(found[column][method], 3) for column in what for method in WITH_RATES)]
            for name, found in means.items()
        ],
    )


def _intervals(results: Results, figures: Path) -> Iterator[str]:
    frame = summaries.numbers(results)
    by_kind = coverage(frame, ["kind", "of", "choices"])
    most = frame[(frame.choices == frame.choices.max()) & (frame.of == "people")]
    draw_rates(most, figures / "rates.png")
    sizes, people = sorted(frame.choices.unique()), Population(*results[0]["cell"]).people
    yield "## Intervals"
    yield words(f"""
        {len(results)} populations of {people} people with the same model. In half of them each person has each
        mechanism with probability .5, in the others all have the same ones; what the typical person is like is
        judged there. How often 95 % intervals hold the truth (aim: .92 to .98), of how many; in brackets the share
        of numbers without an interval.
    """)
    rows = []
    for (kind, of), own in by_kind.groupby(["kind", "of"], sort=False):
        at = {row["choices"]: row for row in own.to_dict("records")}
        rows.append([kind, of, *(_covered(at[size]) if size in at else "-" for size in sizes)])
    yield table(["number", "of", *(f"{size} choices a person" for size in sizes)], rows)
    draw_coverage(by_kind, figures / "coverage.png")
    yield f"![Coverage by kind of number]({figures.name}/coverage.png)"
    yield words(f"True against found, with 95 % intervals, of people with {sizes[-1]} choices:")
    yield f"![Rates, true against found]({figures.name}/rates.png)"


SECTIONS = {
    "who has what": _who_has_what,
    "structure": _structure,
    "rates": _rates,
    "recorded": _recorded,
    "intervals": _intervals,
}


def words(text: str) -> str:
    """A paragraph."""
    return textwrap.fill(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def number(value: float, digits: int = 2) -> str:
    """A number, or a dash where there is none."""
    return "-" if np.isnan(value) else f"{value:.{digits}f}"


def _covered(row: dict[str, Any]) -> str:
    without = f" [{row['without_interval']:.2f}]" if row["without_interval"] > 0 else ""
    return f"{number(row['inside'])} of {row['numbers']}{without}"
