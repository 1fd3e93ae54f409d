"""The look of figures, and how a notebook shows one."""

import base64
import struct

import matplotlib
import pytest

from spice.exceptions import ConfigError
from spice.figures.figure import NotebookFigure, calm_style


def some_figure() -> NotebookFigure:
    figure = NotebookFigure(figsize=(3, 1.5))
    figure.subplots().plot([0, 1], [1, 0])
    return figure


def test_a_notebook_shows_it_sharp_at_its_size() -> None:
    data, metadata = some_figure()._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (600, 300)
    assert metadata["image/png"] == {"width": 300, "height": 150}


@pytest.mark.parametrize(("file_format", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_it_is_rendered_as_the_format_asked_for(file_format: str, start: bytes) -> None:
    assert some_figure().render(file_format).startswith(start)


def test_text_of_an_svg_stays_text() -> None:
    with calm_style():
        figure = NotebookFigure()
        figure.text(0.5, 0.5, "Rescorla")
        assert b"Rescorla</text>" in figure.render("svg")


def test_the_style_ends_with_its_block_also_after_an_error() -> None:
    before = dict(matplotlib.rcParams)
    with calm_style():
        inside = matplotlib.rcParams["axes.titlelocation"]
    with pytest.raises(ConfigError), calm_style():
        raise ConfigError("a", "b", "c", "d")
    assert (inside, before["axes.titlelocation"]) == ("left", "center")
    assert dict(matplotlib.rcParams) == before
