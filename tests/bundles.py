"""What objects show of themselves in a notebook, checked for its form."""

import json
from typing import Any
from xml.etree import ElementTree

from spice.documents import MIME, VERSION

HOSTILE = "<img src=x onerror=alert(1)>"


def check(shown: dict[str, Any], kind: str) -> dict[str, Any]:
    assert set(shown) == {"text/plain", "text/html", MIME}
    ElementTree.fromstring(shown["text/html"].replace("&#x27;", "'"))
    document = json.loads(json.dumps(shown[MIME]))
    assert (document["spice-nb"], document["kind"]) == (VERSION, kind)
    assert document["title"]
    return document
