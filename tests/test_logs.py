"""One event a line, and nothing in it that must not be read."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from notifier.logs import QUIET, Redactor, set_up

KEY = 'canary"with\\quotes'


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, past in levels.items():
        logging.getLogger(name).setLevel(past)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("call 0901234567 back", "call 09xxxx567 back", id="as dialled"),
        pytest.param("call +84901234567", "call +84xxxx567", id="international"),
        pytest.param("customer:0901234567", "customer:09xxxx567", id="after a colon"),
        pytest.param("0901234567: busy", "09xxxx567: busy", id="before a colon"),
        pytest.param('{"caller":"0901234567"}', '{"caller":"09xxxx567"}', id="in JSON"),
        pytest.param("call 1415096549774721835", "call 1415096549774721835", id="id of a call"),
        pytest.param("chat -1002223334445", "chat -1002223334445", id="id of a group"),
        pytest.param("took 0.123456789 s", "took 0.123456789 s", id="a fraction"),
        pytest.param("extension 101, 19001000", "extension 101, 19001000", id="short numbers"),
        pytest.param("bot123456:abcdefghijkl_-X/x", "bot[secret]/x", id="token by its shape"),
        pytest.param("whsec_QUJDRA==", "whsec_[secret]", id="signing secret by its shape"),
        pytest.param("key is sesame-open", "key is [secret]", id="known secret"),
        pytest.param("abc", "abc", id="a secret too short to look for"),
    ],
)
def test_what_a_line_shows(said: str, shown: str) -> None:
    assert Redactor(["sesame-open", "abc", ""])(said) == shown


def test_of_two_secrets_the_longer_one_goes_first() -> None:
    redact = Redactor(["sesame", "sesame-open"])

    assert redact("sesame-open sesame") == "[secret] [secret]"


def test_a_line_of_text_has_the_event_and_its_facts(stream: io.StringIO) -> None:
    set_up("info", as_json=False, stream=stream)

    logging.getLogger("notifier.poller").info("polled", extra={"new": 3, "why": "a b"})

    line = stream.getvalue()
    assert line.rstrip("\n").endswith('info    polled new=3 why="a b"')


def test_a_line_of_json_has_room_level_event_and_facts(stream: io.StringIO) -> None:
    set_up("info", as_json=True, stream=stream)

    logging.getLogger("notifier.poller").warning("nhỡ", extra={"new": 3})

    said = json.loads(stream.getvalue())
    assert said.pop("at").endswith("+00:00")
    assert said == {"level": "warning", "room": "poller", "event": "nhỡ", "new": 3}


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
def test_a_fact_of_many_lines_is_one_line(stream: io.StringIO, *, as_json: bool) -> None:
    set_up("info", as_json=as_json, stream=stream)

    logging.getLogger("x").info("said", extra={"answer": "one\ntwo\r\n\tthree"})

    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "text"])
def test_a_traceback_is_kept_and_redacted(stream: io.StringIO, *, as_json: bool) -> None:
    set_up("info", as_json=as_json, secrets=[KEY], stream=stream)

    fault = ValueError(f"refused {KEY} of 0901234567")
    logging.getLogger("x").error("fell over", exc_info=fault)

    seen = stream.getvalue()
    assert "ValueError" in seen
    assert "canary" not in seen
    assert "0901234567" not in seen


def test_below_the_level_nothing_is_said(stream: io.StringIO) -> None:
    set_up("warning", as_json=False, stream=stream)

    logging.getLogger("x").info("quiet")

    assert stream.getvalue() == ""


@pytest.mark.parametrize("name", QUIET)
def test_libraries_that_quote_addresses_are_quiet_even_at_debug(
    stream: io.StringIO, name: str
) -> None:
    set_up("debug", as_json=False, stream=stream)

    logging.getLogger(f"{name}.inner").info("POST https://api.telegram.org/bot…")

    assert stream.getvalue() == ""


def test_setting_up_twice_says_each_line_once(stream: io.StringIO) -> None:
    set_up("info", as_json=False, stream=stream)
    set_up("info", as_json=False, stream=stream)

    logging.getLogger("x").info("once")

    assert stream.getvalue().count("once") == 1
