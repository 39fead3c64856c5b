"""Messages become text and HTML that is valid, within limits and complete where it fits."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.markup import to_html, to_text, units
from notifier.core.messages import Line, Mark, Message, Span, bold, code, italic, mention, plain
from tests.fakes.telegram_html import Parsed, parse_html
from tests.fakes.telegram_html import units as telegram_units

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)  # halves of surrogate pairs included
SPANS = st.builds(Span, ANY_TEXT, st.sampled_from(Mark))
LINES = st.lists(SPANS, max_size=4).map(tuple)
MESSAGES = st.builds(
    Message,
    header=st.lists(SPANS, min_size=1, max_size=4).map(tuple),
    lines=st.lists(LINES, max_size=30).map(tuple),
    footer=LINES,
    more=st.sampled_from(["", "… and {n} more"]),
)


def a_message(**facts: Any) -> Message:
    facts.setdefault("header", (bold("Missed call"),))
    facts.setdefault("footer", (italic("#ABC123"),))
    facts.setdefault("more", "… and {n} more")
    return Message(**facts)


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def the_same(text: str) -> str:
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(letter for letter in whole if letter not in TURNING)


def words(line: Line) -> str:
    return the_same("".join(the_same(span.text) for span in line))


def read(source: str) -> Parsed:
    parsed = parse_html(source)
    assert parsed.strays == 0
    return parsed


@given(MESSAGES)
def test_any_message_that_fits_is_valid_html_and_loses_no_letter(message: Message) -> None:
    whole = [line for line in (message.header, *message.lines, message.footer) if line]

    parsed = read(to_html(message, limit=100_000))

    assert parsed.text == "\n".join(words(line) for line in whole)


@given(MESSAGES, st.integers(64, 2000))
def test_any_message_is_valid_html_within_the_limit(message: Message, limit: int) -> None:
    parsed = read(to_html(message, limit=limit))

    assert telegram_units(parsed.text) <= limit


@given(MESSAGES, st.integers(64, 2000))
@example(a_message(header=(plain("😀" * 40),)), 64)
def test_text_and_html_say_the_same(message: Message, limit: int) -> None:
    assert to_text(message, limit=limit) == read(to_html(message, limit=limit)).text


@given(st.text(max_size=200))
def test_length_is_counted_as_telegram_counts_it(text: str) -> None:
    assert units(text) == telegram_units(text)


def test_each_mark_has_its_tag() -> None:
    message = a_message(header=(plain("a"), bold("b"), italic("c"), code("d"), bold("")), footer=())

    assert to_html(message) == "a<b>b</b><i>c</i><code>d</code>"


def test_only_what_html_needs_is_escaped() -> None:
    message = a_message(header=(plain("""<Lan & "Co"> 'x' &lt;"""),), footer=())

    assert to_html(message) == """&lt;Lan &amp; "Co"&gt; 'x' &amp;lt;"""


def test_whole_lines_go_from_the_end_and_are_counted() -> None:
    message = a_message(lines=tuple((plain(f"line {n:03d}"),) for n in range(100)))

    shown = to_text(message, limit=200).split("\n")

    assert shown[0] == "Missed call"
    assert shown[1] == "line 000"
    assert shown[-1] == "#ABC123"
    kept = len(shown) - 3
    assert shown[-2] == f"… and {100 - kept} more"
    assert shown[-3] == f"line {kept - 1:03d}"


def test_lines_go_silently_where_nothing_is_to_be_said_of_them() -> None:
    message = a_message(lines=((plain("x" * 90),),) * 3, more="")

    assert to_text(message, limit=120) == "\n".join(["Missed call", "x" * 59 + "…", "#ABC123"])


def test_a_line_that_is_too_long_is_cut_inside_its_mark() -> None:
    message = a_message(lines=((bold("y" * 5000), plain("never seen")),))

    html = to_html(message)

    assert html == f"<b>Missed call</b>\n<b>{'y' * 2047}</b>…\n<i>#ABC123</i>"


def test_a_cut_never_halves_a_letter() -> None:
    message = a_message(header=(plain("a" + "😀" * 5000),), footer=())

    text = to_text(message, limit=100)

    assert text == "a" + "😀" * 24 + "…"


def test_a_limit_holds_after_the_markup_is_read() -> None:
    message = a_message(header=(plain("&" * 4096),), footer=())

    assert to_html(message) == "&amp;" * 4096


@pytest.mark.parametrize("letter", [chr(0xD83D), chr(0xDC00)], ids=["high", "low"])
def test_half_a_surrogate_pair_is_replaced(letter: str) -> None:
    message = a_message(header=(plain(f"a{letter}b"),), footer=())

    assert to_html(message) == to_text(message) == "a\ufffdb"


@pytest.mark.parametrize("control", TURNING, ids=lambda letter: f"U+{ord(letter):04X}")
def test_no_text_turns_the_direction_of_a_card(control: str) -> None:
    message = a_message(header=(plain(f"a{control}b"), bold(control)), footer=())

    assert to_html(message) == to_text(message) == "ab"


@pytest.mark.parametrize("letter", ["\u2029", "\u202f", "\u2065", "\u206a", "ع"])
def test_letters_beside_the_controls_of_direction_stay(letter: str) -> None:
    assert to_text(a_message(header=(plain(letter),), footer=())) == letter


def test_a_control_between_two_halves_does_not_join_them() -> None:
    message = a_message(header=(plain("\ud83d\u202e\ude00"),), footer=())

    assert to_text(message) == "\ufffd\ufffd"


def test_nothing_follows_the_place_where_a_line_was_cut() -> None:
    message = a_message(header=(plain("a" * 30), bold("😀" * 40), plain("b")), footer=())

    assert to_html(message, limit=64) == "a" * 30 + "…"


def test_a_mention_is_a_link_to_the_person_whatever_their_name() -> None:
    message = a_message(lines=((plain("On duty: "), mention("Lan <&>", 101)),))

    assert '<a href="tg://user?id=101">Lan &lt;&amp;&gt;</a>' in to_html(message)
    assert "On duty: Lan <&>" in to_text(message)


def test_a_mention_that_is_cut_short_still_names_the_person() -> None:
    message = a_message(lines=((mention("L" * 100, 101),),))

    shown = to_html(message, limit=64)

    assert '<a href="tg://user?id=101">LLL' in shown
    assert read(shown).text.startswith("Missed")
