"""A button, and a place to drop files, whose content comes to Python piece by piece."""

from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, Float, Int, Unicode

from spice.data.reading.table_files import FORMAT_ENDINGS, TEXT_ENDINGS
from spice_nb.state.upload import PIECE, SILENCE, UploadModel

KINDS = ",".join((*TEXT_ENDINGS, *FORMAT_ENDINGS, ".gz", ".zip"))


class Upload(anywidget.AnyWidget):
    """The upload of files; a whole file in one message would break the connection above 10 MiB.

    Parameters
    ----------
    model : UploadModel
    """

    _esm = Path(__file__).with_name("upload.js")
    label = Unicode("Upload a table").tag(sync=True)
    hint = Unicode().tag(sync=True)
    kinds = Unicode(KINDS).tag(sync=True)
    piece = Int(PIECE).tag(sync=True)
    silence = Unicode(SILENCE).tag(sync=True)
    sentence = Unicode().tag(sync=True)
    problem = Unicode().tag(sync=True)
    share = Float(0.0).tag(sync=True)
    is_active = Bool(False).tag(sync=True)

    def __init__(self, model: UploadModel) -> None:
        super().__init__(hint=model.hint)
        self.model = model
        self.on_msg(self._heard)
        model.observe(lambda _: self._show(), ["state", "received", "problem"])
        self._show()

    def _show(self) -> None:
        model = self.model
        with self.hold_sync():
            self.sentence, self.problem = model.sentence, model.problem
            self.share, self.is_active = model.share, model.is_active

    def _heard(self, _: Any, message: dict[str, Any], buffers: list[memoryview]) -> None:
        upload, kind, wanted = message.get("upload", ""), message["kind"], False
        if kind == "begin":
            wanted = self.model.begin(upload, [(file["name"], file["size"]) for file in message["files"]])
        elif kind == "piece":
            wanted = self.model.add(upload, message["offset"], bytes(buffers[0]))
        elif kind == "interrupted":
            self.model.interrupt(upload, message.get("reason", ""))
        elif kind == "left":
            self.model.abandon()
        elif kind == "cancel":
            self.model.cancel()
        if wanted:
            self.send({"kind": "next", "upload": upload, "offset": self.model.received})
