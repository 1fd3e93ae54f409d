"""Uploads piece by piece, without a browser: what is taken, what is refused, what is given up."""

import pytest

from spice_nb.state.upload import LIMIT, PIECE, UploadModel, UploadState

CONTENT = bytes(range(256)) * 10_000


class Taken(list):
    """What came, and an upload that hands it over."""

    def __init__(self) -> None:
        self.upload = UploadModel(self.extend)


@pytest.fixture
def taken() -> Taken:
    return Taken()


def send(upload: UploadModel, content: bytes = CONTENT, upload_id: str = "a", name: str = "a.csv") -> None:
    wanted = upload.begin(upload_id, [(name, len(content))])
    while wanted:
        wanted = upload.add(upload_id, upload.received, content[upload.received : upload.received + PIECE])


def test_pieces_become_the_file(taken: Taken) -> None:
    shares = []
    taken.upload.observe(lambda change: shares.append(taken.upload.sentence), "received")
    send(taken.upload)
    assert taken == [("a.csv", CONTENT)]
    assert shares[:2] == ["Uploading a.csv … 39% of 2.6 MB", "Uploading a.csv … 78% of 2.6 MB"]
    assert taken.upload.state is UploadState.DONE
    assert (taken.upload.sentence, taken.upload.problem) == ("", "")


def test_it_says_that_a_file_is_being_read(taken: Taken) -> None:
    states = []
    taken.upload.observe(lambda change: states.append((change["new"], taken.upload.sentence, len(taken))), "state")
    send(taken.upload)
    assert states[1:] == [(UploadState.READING, "Reading a.csv …", 0), (UploadState.DONE, "", 1)]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.csv", LIMIT + 1)], "a.csv has 200.1 MB; up to 200 MB can be uploaded. Put it where Python runs"),
        ([("a.csv", 0)], "a.csv is empty."),
        ([("a.csv", 5), ("b.csv", 0)], "b.csv is empty."),
        ([("a.csv", LIMIT), ("b.csv", 1)], "2 files have 200.1 MB"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(taken: Taken, files: list, words: str) -> None:
    assert not taken.upload.begin("a", files)
    assert taken.upload.problem.startswith(words)
    assert not taken.upload.add("a", 0, b"xxxxx")
    assert taken == []


def test_a_refused_file_does_not_stop_the_one_under_way(taken: Taken) -> None:
    taken.upload.begin("a", [("a.csv", 6)])
    taken.upload.add("a", 0, b"abc")
    assert not taken.upload.begin("b", [("b.csv", LIMIT + 1)])
    assert taken.upload.add("a", 3, b"def") is False
    assert taken == [("a.csv", b"abcdef")]


def test_the_largest_that_is_taken(taken: Taken) -> None:
    assert taken.upload.begin("a", [("a.csv", LIMIT)])


def test_one_upload_takes_the_place_of_another(taken: Taken) -> None:
    taken.upload.begin("a", [("a.csv", 6)])
    taken.upload.add("a", 0, b"abc")
    taken.upload.begin("b", [("b.csv", 4)])
    assert taken.upload.sentence == "a.csv was given up. Uploading b.csv … 0% of 0.1 MB"
    # What is still on its way of the first is not mixed into the second.
    assert not taken.upload.add("a", 3, b"def")
    assert taken.upload.received == 0
    taken.upload.interrupt("a")
    assert taken.upload.problem == ""
    taken.upload.add("b", 0, b"wxyz")
    assert taken == [("b.csv", b"wxyz")]


def test_a_piece_that_comes_twice_counts_once(taken: Taken) -> None:
    taken.upload.begin("a", [("a.csv", 6)])
    for _ in range(2):
        assert taken.upload.add("a", 0, b"abc")
    assert taken.upload.received == 3
    taken.upload.add("a", 3, b"def")
    assert not taken.upload.add("a", 3, b"def")
    assert taken == [("a.csv", b"abcdef")]


def test_cancelling(taken: Taken) -> None:
    taken.upload.cancel()
    assert taken.upload.state is UploadState.NONE
    taken.upload.begin("a", [("a.csv", 6)])
    taken.upload.cancel()
    assert taken.upload.problem == "The upload of a.csv was cancelled. The data before it stay."
    assert not taken.upload.add("a", 0, b"abcdef")
    assert taken == []
    send(taken.upload)
    assert taken.upload.problem == ""


@pytest.mark.parametrize(
    ("interrupt", "why"),
    [
        (lambda upload: upload.interrupt("a", "the browser could not read it"), "the browser could not read it"),
        (lambda upload: upload.abandon(), "the page was closed or loaded again"),
        (lambda upload: upload.add("a", 1_000_000, b""), "it was changed meanwhile"),
        (lambda upload: upload.add("a", 1_000_000, bytes(2_000_000)), "it was changed meanwhile"),
    ],
)
def test_interrupted_uploads_say_how_far_they_came(taken: Taken, interrupt, why: str) -> None:
    taken.upload.begin("a", [("a.csv", 2_500_000)])
    taken.upload.add("a", 0, bytes(1_000_000))
    interrupt(taken.upload)
    assert taken.upload.problem == (
        f"The upload of a.csv was interrupted after 1.0 MB of 2.5 MB: {why}. The data before it stay. "
        "Choose the file again."
    )
    assert (taken, taken.upload.is_active) == ([], False)


def test_an_error_of_the_reader_ends_the_upload() -> None:
    def fail(files: object) -> None:
        raise MemoryError

    upload = UploadModel(fail)
    with pytest.raises(MemoryError):
        send(upload)
    assert upload.sentence == ""
