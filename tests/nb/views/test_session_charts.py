from spice_nb.views.session_panel import SessionPanel


def test_charts_come_when_they_are_seen_and_only_those_with_curves(fitted) -> None:
    panel = SessionPanel(*fitted)
    assert panel.charts.children == (panel.charts.sight,)
    panel.charts.sight.seen = True
    titles = ["Probability", "Q value", "Reward value"]
    assert panel.charts.children[1:-1] == tuple(panel.charts.charts[title].figure for title in titles)
    panel.agents["Benchmark"].value = True
    assert len(panel.charts.children) == 6
