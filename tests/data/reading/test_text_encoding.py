import pytest

from spice.data.reading.text_encoding import decode
from spice.exceptions import DataError


def text(*words: str) -> str:
    return "participant,choice,reward\n" + "".join(f"{word},left,{k % 2}\n" for k in range(20) for word in words)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", ["Jürgen", "张伟"]),
        ("utf-8-sig", ["ann"]),
        ("utf-16", ["Jürgen"]),
        ("utf-16-le", ["张伟"]),
        ("utf-16-be", ["ann"]),
        ("cp1252", ["Jürgen", "José", "Zoë"]),
        ("cp1252", ["à", "Müller-Lüdenscheidt", "Øyvind", "Ñandú"]),
        ("cp1250", ["Wałęsa", "Dvořák"]),
        ("gb18030", ["张伟", "王芳", "李娜"]),
        ("big5", ["張偉", "王芳"]),
        ("cp932", ["田中", "さくら", "左"]),
        ("cp1251", ["Иван", "Мария", "право"]),
        ("koi8_r", ["Иван", "Мария", "право"]),
        ("cp1253", ["Γιάννης"]),
    ],
)
def test_recognised(encoding: str, words: list[str]) -> None:
    read, notes = decode(text(*words).encode(encoding), "a.csv")
    assert read == text(*words)
    assert [encoding in note and words[0] in note for note in notes] == [True] * (not encoding.startswith("utf"))


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("gb18030", ["左", "右"]), ("cp949", ["김민수"]), ("euc_jp", ["田中", "さくら", "左"]), ("cp1251", ["лево"])],
)
def test_asked_where_words_may_be_others(encoding: str, words: list[str]) -> None:
    content = text(*words).encode(encoding)
    with pytest.raises(DataError, match=rf"a\.csv, which could be .*{encoding} \({words[0]}.*encoding="):
        decode(content, "a.csv")
    assert decode(content, "a.csv", encoding) == (text(*words), ())


def test_a_wrong_encoding_is_no_text() -> None:
    with pytest.raises(DataError, match="'utf-8', in which it cannot be read"):
        decode("Jürgen".encode("cp1252"), "a.csv", "utf-8")
    with pytest.raises(DataError, match="the name of an encoding"):
        decode(b"a", "a.csv", "klingon")
    with pytest.raises(ValueError, match="not text"):
        decode(b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "a.csv")
