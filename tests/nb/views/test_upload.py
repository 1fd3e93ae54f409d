import pytest
from nb.views.tables import CSV

from spice_nb.state.data import DataModel
from spice_nb.views.data_panel import DataPanel


def test_an_upload_asks_for_one_piece_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    panel, asked = DataPanel(DataModel()), []
    content = CSV.encode()
    monkeypatch.setattr(panel.upload, "send", asked.append)

    def says(kind: str, *buffers: bytes, **more: object) -> None:
        panel.upload._handle_custom_msg({"kind": kind, "upload": "a", **more}, [memoryview(b) for b in buffers])

    says("begin", files=[{"name": "mine.csv", "size": len(content)}])
    assert panel.upload.is_active
    says("piece", content[:100], offset=0)
    assert panel.upload.sentence.startswith("Uploading mine.csv")
    assert panel.upload.share == pytest.approx(100 / len(content))
    says("piece", content[100:], offset=100)
    assert [message["offset"] for message in asked] == [0, 100]
    assert panel.dataset.xs.shape == (2, 30, 7)
    assert (panel.upload.sentence, panel.upload.is_active) == ("", False)
    says("begin", files=[{"name": "<b>.csv", "size": 10**9}])
    assert "<b>.csv has 1,000 MB" in panel.upload.problem
    assert panel.dataset is not None
    says("begin", files=[{"name": "a.csv", "size": 5}])
    says("left")
    assert "interrupted after 0.0 MB" in panel.upload.problem
    says("begin", files=[{"name": "a.csv", "size": 5}])
    says("cancel")
    assert "was cancelled" in panel.upload.problem
