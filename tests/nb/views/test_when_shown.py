import ipywidgets as widgets

from spice_nb.views.when_shown import WhenShown


def test_it_is_empty_until_it_is_seen() -> None:
    first, second = widgets.HTML("first"), widgets.HTML("second")
    box = WhenShown([first])
    assert box.children == (box.sight,)
    assert box.content == (first,)
    box.content = [first, second]
    assert box.children == (box.sight,)
    box.sight.set_state({"seen": True})
    assert box.children == (box.sight, first, second)
    box.content = [second]
    assert box.children == (box.sight, second)
