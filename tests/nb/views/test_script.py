from spice_nb.views.script import Script


def test_lines_follow_what_they_are_made_from_and_stay_text() -> None:
    lines = ["a = '<b>'"]
    script = Script(lambda: "\n".join(lines))
    assert "<pre>a = &#x27;&lt;b&gt;&#x27;</pre>" in script.text.value
    assert script.selected_index is None
    script.selected_index = 0
    lines.append("c = 2")
    assert "c = 2" not in script.text.value
    script.update()
    assert "c = 2</pre>" in script.text.value
    # It stays open while it changes.
    assert script.selected_index == 0
