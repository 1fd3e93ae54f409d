from spice_nb.views.trial_pointer import TrialPointer


def test_moves_and_drags_in_the_browser_are_heard() -> None:
    pointer, heard = TrialPointer(left=64, right=16), []
    pointer.observe(lambda change: heard.append((change["name"], change["new"])), ["trial", "dragged"])
    pointer.set_state({"trial": 7})
    pointer.set_state({"dragged": [3.2, 9.8]})
    assert heard == [("trial", 7), ("dragged", [3.2, 9.8])]
    sent = pointer.get_state()
    assert (sent["left"], sent["right"], sent["low"], sent["high"]) == (64, 16, 0.5, 1.5)
