from spice_nb.state.data import DataModel
from spice_nb.views.data_panel import DataPanel


def test_questions_have_a_button_for_each_answer() -> None:
    panel = DataPanel(DataModel())
    rows = [f"{who},{'<none>' if t == 3 else t % 2},{t % 3 % 2}" for who in "ab" for t in range(30)]
    panel.model.read_upload("mine.csv", ("person,choice,reward\n" + "\n".join(rows)).encode())
    (box,) = panel.questions.children
    said, buttons = box.children
    assert "&#x27;&lt;none&gt;&#x27; stands in column" in said.value
    assert [button.description for button in buttons.children] == ["No choice was made", "It is an option"]
    assert "1 question about the data is open." in panel.said.value
    buttons.children[0].click()
    assert panel.dataset.n_actions == 2
    assert "missed=[&#x27;&lt;none&gt;&#x27;]" in panel.script.text.value
    (box,) = panel.questions.children
    answer, back = box.children[1].children
    assert "Your answer: No choice was made" in answer.value
    back.click()
    assert panel.dataset.n_actions == 3
    assert "1 question about the data is open." in panel.said.value
