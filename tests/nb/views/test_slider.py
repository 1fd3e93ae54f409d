from spice_nb.views.slider import Slider


def test_what_the_browser_needs_is_sent_to_it() -> None:
    slider = Slider("Trial", 3, 1, 60)
    sent = slider.get_state()
    assert {name: sent[name] for name in ("label", "value", "low", "high", "step")} == {
        "label": "Trial", "value": 3.0, "low": 1.0, "high": 60.0, "step": 1.0,
    }  # fmt: skip


def test_what_was_moved_in_the_browser_is_heard() -> None:
    slider, heard = Slider("Reward", 0.5, 0, 1, 0.05), []
    slider.observe(lambda change: heard.append(change["new"]), "value")
    slider.set_state({"value": 0.55})
    assert heard == [0.55]
