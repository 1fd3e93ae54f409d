"""What a notebook shows of an object: text, HTML with everything escaped, and a document of plain JSON."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

MIME = "application/vnd.spice-nb+json"
"""MIME type of a document in a notebook's output."""
VERSION = 2
"""Version of the format; readers refuse newer ones, and read those of before.

In 1, coefficients, inverse temperatures and initial values were pairs of a name and a number; since 2 each is an object
with its probability and interval."""


def document(kind: str, title: str, facts: Mapping[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    """A document: what it is, who made it, and its parts.

    Parameters
    ----------
    kind : str
        "equations", "estimator", "dataset", "config" or "run".
    title : str
    facts : mapping, optional
        By name. They become pairs: a notebook that is saved sorts the names of JSON.
    **parts
        As JSON holds them.

    Returns
    -------
    dict
        Of what JSON holds.
    """
    from spice import __version__

    head = {"spice-nb": VERSION, "kind": kind, "made_by": f"spice-nb {__version__}", "title": title}
    return head | {"facts": pairs(facts or {})} | parts


def pairs(values: Mapping[str, Any]) -> list[list[Any]]:
    """Names and values in their order, as JSON holds them.

    Parameters
    ----------
    values : mapping of str to object

    Returns
    -------
    list of [name, value]
    """
    return [[name, value] for name, value in values.items()]


def bundle(content: Mapping[str, Any], text: str, html: str = "") -> dict[str, Any]:
    """A document as a MIME bundle.

    Parameters
    ----------
    content : mapping
        What `document` gives.
    text : str
        For terminals.
    html : str, optional
        In place of the table of its facts.

    Returns
    -------
    dict of MIME type to content
    """
    facts = [(words, str(value)) for words, value in content["facts"]]
    body = f"<p><strong>{escape(content['title'])}</strong></p>{html or table((), facts)}"
    return {"text/plain": text, "text/html": f"<div>{body}</div>", MIME: dict(content)}


def table(head: Sequence[str], rows: Sequence[Sequence[str]], raw: frozenset[int] = frozenset()) -> str:
    """A table of text in HTML.

    Parameters
    ----------
    head : sequence of str
        Names of the columns; empty for none.
    rows : sequence of sequence of str
    raw : frozenset of int
        Columns, from 0, that hold HTML already; all else is escaped.

    Returns
    -------
    str
    """
    top = "".join(f"<th scope='col' style='text-align:left'>{escape(name)}</th>" for name in head)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td style='text-align:left'>{cell if k in raw else escape(cell)}</td>" for k, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table>{f'<thead><tr>{top}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"
