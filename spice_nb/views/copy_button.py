"""A button that puts a text on the clipboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Unicode

from spice.exceptions import SpiceError


class CopyButton(anywidget.AnyWidget):
    """Copies what `text` gives at the moment of the click, and says so in words.

    Where a page may not use the clipboard the old command of browsers is tried; where that fails too, the text is
    shown, marked, with what to press.

    Parameters
    ----------
    label : str
        On the button.
    text : callable
        Gives the text.
    what : str or callable
        What was copied, such as "64 rows".
    """

    _esm = Path(__file__).with_name("copy_button.js")
    label = Unicode().tag(sync=True)

    def __init__(self, label: str, text: Callable[[], str], what: str | Callable[[], str]) -> None:
        super().__init__(label=label)
        self._text, self._what = text, what
        self.on_msg(lambda _, content, __: self._asked(content))

    def _asked(self, content: dict[str, Any]) -> None:
        """Answer a click; `ask` tells apart the clicks of several views."""
        try:
            text, what = self._text(), self._what if isinstance(self._what, str) else self._what()
            self.send({"answer": content["ask"], "text": text, "said": f"{what} copied"})
        except SpiceError as error:
            self.send({"answer": content["ask"], "problem": str(error)})
