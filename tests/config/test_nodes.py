import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.config.nodes import Node, Place, Table, Text, Unreadable, read_nodes
from notifier.config.sheet import place_inside, walk


def text_at(content: str, *path: str | int) -> Text:
    root, _ = read_nodes(content.encode(), "f.yaml")
    found: dict[tuple[str | int, ...], Node] = dict(walk(root))
    node = found[path]
    assert isinstance(node, Text)
    return node


@pytest.mark.parametrize(
    "written", ["02473001234", "22:30", "off", "yes", "1e3", "0x10", "~", "1_0"]
)
def test_every_scalar_stays_the_text_that_was_written(written: str) -> None:
    assert text_at(f"a: {{b: [{written}]}}", "a", "b", 0).value == written


def test_nodes_and_keys_know_their_line_and_column() -> None:
    root, _ = read_nodes("a: 1\nđổi: {b: [x, 'y']}\n".encode(), "f.yaml")

    assert isinstance(root, Table)
    key, inner = root.entries["đổi"]
    assert (key.place.line, key.place.column) == (2, 1)
    assert (inner.place.line, inner.place.column) == (2, 6)
    y = dict(walk(root))["đổi", "b", 1]
    assert (y.place.line, y.place.column) == (2, 14)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "f.yaml:1:1: the file is empty"),
        ("# only a comment\n", "f.yaml:1:1: the file is empty"),
        ("a: !@vip", "f.yaml:1:4: a: is a tag (!); quote a value that starts with !"),
        ("a: [x, !y z]", "f.yaml:1:8: a[1]: is a tag (!); quote a value that starts with !"),
        (
            "a: 1\n---\nb: 2\n",
            "f.yaml:2:1: a second document starts here (---); one file is one document",
        ),
        ("<<: {a: 1}", "f.yaml:1:1: merge keys (<<) are not read; write the keys out"),
        (
            "a: {t: {{ x }} y}",
            "f.yaml:1:9: a.t: a key must be text; a text with {{ }} must stand in quotes",
        ),
        ("a: \x07", "f.yaml:1:4: holds a character that YAML does not allow"),
        ("[" * 100_000, "f.yaml:1:65: nested deeper than 64"),
        ("- " * 5_000, "f.yaml:1:129: nested deeper than 64"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_tree_is_told_with_its_place(content: str, problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_nodes(content.encode(), "f.yaml")

    assert [str(one) for one in caught.value.problems] == [problem]


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ("a: @x", "f.yaml:1:4: not YAML: "),
        ("a:\n\t- b", "f.yaml:2:1: not YAML: "),
        ("a: [1, 2", "f.yaml:2:1: not YAML: "),
        ("a: b: c", "f.yaml:1:5: not YAML: "),
        ("a: 'x", "f.yaml:"),
    ],
)
def test_a_fault_of_syntax_is_told_with_its_place_and_a_hint(content: str, start: str) -> None:
    with pytest.raises(Unreadable, match="not YAML") as caught:
        read_nodes(content.encode() + b"\n", "f.yaml")

    assert str(caught.value.problems[0]).startswith(start)


def test_anchors_and_aliases_are_refused_each_at_its_place() -> None:
    with pytest.raises(Unreadable) as caught:
        read_nodes(b"a: &x [1]\nb: *x\n", "f.yaml")

    assert [str(one) for one in caught.value.problems] == [
        "f.yaml:1:4: a: is an anchor (&); write the value out where it is used",
        "f.yaml:2:4: b: is an alias (*); write the value out, or quote it",
    ]


def test_text_that_is_not_utf8_is_told_with_the_byte_and_its_place() -> None:
    with pytest.raises(Unreadable) as caught:
        read_nodes("a: 1\nb: đ".encode() + b"\xff", "f.yaml")

    assert str(caught.value.problems[0]) == (
        "f.yaml:2:5: byte 0xff is not UTF-8; save the file as UTF-8"
    )


def test_a_byte_order_mark_is_skipped() -> None:
    root, _ = read_nodes(b"\xef\xbb\xbfa: 1\n", "f.yaml")

    assert isinstance(root, Table)
    assert list(root.entries) == ["a"]


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(Unreadable, match="larger than"):
        read_nodes(b"#" * 1_000_001, "f.yaml")


def test_duplicate_keys_are_all_told_and_the_first_is_kept() -> None:
    root, problems = read_nodes(b"a: {b: 1, b: 2}\na: 3\n", "f.yaml")

    assert [str(one) for one in problems] == [
        "f.yaml:1:11: a.b: duplicate key; first at line 1",
        "f.yaml:2:1: a: duplicate key; first at line 1",
    ]
    assert dict(walk(root))["a", "b"] == text_at("a: {b: 1}", "a", "b")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: one X two\n", (1, 8)),
        ("a: 'one X two'\n", (1, 9)),
        ("a: 'i''s X'\n", (1, 10)),
        ('a: "i\\"s X"\n', (1, 10)),
        ('a: "\\u00e9\\n X"\n', (1, 14)),
        ("a: |\n  one\n  X\n", (3, 3)),
        ("a: >-\n  one\n  two X\n", (3, 7)),
        ("a: one\n  two X\n", (2, 7)),
        ("a: 'one\n\n  X'\n", (3, 3)),
        ("  a: X\n", (1, 6)),
    ],
)
def test_a_letter_within_a_scalar_has_its_own_place(content: str, place: tuple[int, int]) -> None:
    text = text_at(content, "a")

    found = place_inside(text, text.value.index("X"))

    assert (found.line, found.column) == place


def a_tree(content: bytes) -> Node | None:
    try:
        return read_nodes(content, "f.yaml")[0]
    except Unreadable as error:
        return None if error.problems else Text(Place(0, 0), "", "")


@given(content=st.text(max_size=60) | st.text("a:{}[]-'\"|>\\ \n#&*!@,\t", max_size=60))
def test_any_text_is_a_tree_whose_letters_have_places_or_unreadable(content: str) -> None:
    root = a_tree(content.encode("utf-8", "surrogatepass"))

    texts = [node for _, node in walk(root) if isinstance(node, Text)] if root else []
    places = [place_inside(text, at) for text in texts for at in range(len(text.value) + 2)]
    lines = content.count("\n") + content.count("\r") + 2
    assert all(1 <= place.line <= lines and place.column >= 1 for place in places)


@given(content=st.binary(max_size=40))
def test_any_bytes_are_a_tree_or_unreadable(content: bytes) -> None:
    root = a_tree(content)

    assert root is None or root.place.line >= 1
