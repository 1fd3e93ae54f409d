from xml.etree import ElementTree

from spice.precoded import ForgettingRNN, LearningRateRNN
from spice_nb.state.outline import MechanismOutline, outline
from spice_nb.views.diagram import diagram


def drawn(mechanisms: list[MechanismOutline]) -> ElementTree.Element:
    return ElementTree.fromstring(diagram(mechanisms))


def test_a_box_for_each_mechanism_and_dashes_where_it_is_given() -> None:
    mechanisms = outline(LearningRateRNN, 1)
    boxes = drawn(mechanisms).findall("rect")
    assert len(boxes) == len(mechanisms)
    assert ["stroke-dasharray" in box.attrib for box in boxes] == [not m.is_learned for m in mechanisms]
    assert any(not m.is_learned for m in mechanisms)


def test_lines_lead_from_what_is_read_to_what_is_changed_and_to_choices() -> None:
    mechanisms = outline(ForgettingRNN, 1)
    lines = sum(len(m.reads) for m in mechanisms) + len(mechanisms) + len({m.changes for m in mechanisms})
    svg = drawn(mechanisms)
    assert len(svg.findall("path")) == lines
    assert svg.attrib["aria-label"].startswith(f"{len(mechanisms)} mechanisms, from ")


def test_long_names_are_cut_and_whole_in_their_title() -> None:
    (first, *_) = outline(ForgettingRNN, 1)
    long = MechanismOutline(**{**vars(first), "changes": "habit <of> an enormous strength", "reads": ()})
    text = next(text for text in drawn([long]).findall("text") if (text[0].text or "") == long.changes)
    assert text[0].tail == "habit <of> an enorm…"
    assert "from no signal to" in diagram([long])
