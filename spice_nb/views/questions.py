"""Questions about the data, with a button for each answer."""

import ipywidgets as widgets

from spice.data.table.doubts import Doubt
from spice_nb.state.checks import Check
from spice_nb.state.data import DataModel
from spice_nb.views.panel import paragraph, row


class Questions(widgets.VBox):
    """Open questions, and those that were answered.

    Parameters
    ----------
    model : DataModel
    """

    def __init__(self, model: DataModel) -> None:
        super().__init__()
        self._model = model
        # The same box stays where it is as long as its buttons do: the keyboard's focus may be on one of them.
        self._boxes: dict[tuple[str, str, bool], widgets.Box] = {}

    def update(self) -> None:
        """Show the questions of the model."""
        asked = [check for check in self._model.checks if check.doubt is not None]
        self._boxes = {_key(check): self._boxes.get(_key(check)) or self._box(check) for check in asked}
        self.children = list(self._boxes.values())

    def _box(self, check: Check) -> widgets.Box:
        doubt = check.doubt
        assert doubt is not None
        if check.answer is None:
            buttons = [self._button(doubt, k) for k in range(len(doubt.answers) + 1)]
            box = widgets.VBox([widgets.HTML(paragraph(check.sentence)), row(*buttons)])
            box.add_class("spice-question")
        else:
            back = _plain_button("Take back")
            back.on_click(lambda _: self._model.take_back(doubt))
            box = widgets.VBox([widgets.HTML(paragraph(check.sentence)), row(_answer(check), back)])
            box.add_class("spice-answered")
        return box

    def _button(self, doubt: Doubt, k: int) -> widgets.Button:
        answer = (*doubt.answers, doubt.keep)[k]
        button = _plain_button(answer.label)
        button.on_click(lambda _: self._model.answer(doubt, answer))
        return button


def _answer(check: Check) -> widgets.HTML:
    assert check.answer is not None
    return widgets.HTML(paragraph(f"Your answer: {check.answer.label}", "quiet"))


def _plain_button(label: str) -> widgets.Button:
    return widgets.Button(description=label, layout={"width": "auto", "max_width": "100%"})


def _key(check: Check) -> tuple[str, str, bool]:
    assert check.doubt is not None
    return check.doubt.key, check.sentence, check.answer is None
