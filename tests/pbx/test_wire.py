import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.calls import CallState, Direction
from notifier.core.errors import SourceNonsense
from notifier.core.pages import EVERY_CALL, CallFilter, DurationFilter, Page
from notifier.pbx.wire import RAW_BYTES, Paging, list_request, read_fault, read_page
from tests.builders import HANOI
from tests.pbx.desk import MORNING, a_body, a_record, a_target, page_of

BIG = 10**25


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"id": 1415096549774721835}, id="an id as a number"),
        pytest.param({"caller": 901234567, "callee": 800}, id="numbers as numbers"),
        pytest.param({"direction": "video", "call_state": "parked"}, id="unknown words"),
        pytest.param({"direction": 7}, id="a direction as a number"),
        pytest.param({"call_targets": None, "recording_urls": None}, id="null arrays"),
        pytest.param({"call_targets": [None, a_target(101)]}, id="a null target"),
        pytest.param({"call_targets": ["101", a_target()]}, id="a target as a text"),
        pytest.param({"call_targets": [a_target(fail_code=[])]}, id="a broken target field"),
        pytest.param({"call_targets": {}}, id="targets that are no array"),
        pytest.param({"recording_urls": "https://r"}, id="recordings that are no array"),
        pytest.param({"recording_urls": [{}, None, "https://r"]}, id="an odd recording"),
        pytest.param({"note": {"text": "x"}}, id="a note that is an object"),
        pytest.param({"note": True, "duration": "12"}, id="a note that is true"),
        pytest.param({"sentiment": {"score": 0.4}, "tags": ["vip"]}, id="unknown fields"),
        pytest.param({"duration": -1}, id="less than no talk"),
        pytest.param({"duration": BIG, "user_id": BIG}, id="huge numbers"),
        pytest.param({"started_at": None, "created_at": None}, id="only the id tells a time"),
        pytest.param(
            {"ended_at": "0001-01-01T00:00:00+07:00", "created_at": 5}, id="no times but one"
        ),
    ],
)
def test_an_odd_record_is_still_a_call(odd: dict[str, Any]) -> None:
    page = page_of(a_record(**odd), a_record(id="5"))

    assert [call.id for call in page.calls] == ["1415096549774721835", "5"]
    assert page.malformed == ()


@pytest.mark.parametrize("needed", [{"id": "5", "started_at": "2026-09-07T02:00:00Z"}])
def test_a_record_of_nothing_but_an_id_and_a_start_is_a_call(needed: dict[str, str]) -> None:
    call = page_of(needed).calls[0]

    assert (call.direction, call.state) == (Direction.UNKNOWN, CallState.UNKNOWN)
    assert not call.missed


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        pytest.param(a_record(id="0"), "no usable id", id="no id"),
        pytest.param({}, "no usable id", id="nothing at all"),
        pytest.param(
            a_record(id="5", started_at=None, created_at=None),
            "no usable started_at, no created_at, and an id that tells no time",
            id="no time",
        ),
        pytest.param(a_record(caller=["0901"]), "`$.caller`", id="a caller that is a list"),
        pytest.param(a_record(call_state={}), "`$.call_state`", id="a state that is an object"),
        pytest.param(a_record(direction=False), "`$.direction`", id="a direction that is false"),
        pytest.param(None, "got `null`", id="null"),
        pytest.param(7, "got `int`", id="a number"),
        pytest.param([], "got `array`", id="a list"),
    ],
)
def test_a_broken_record_is_kept_and_the_page_goes_on(broken: Any, why: str) -> None:
    page = page_of(a_record(id="1"), broken, a_record(id="2"))

    assert [call.id for call in page.calls] == ["1", "2"]
    assert why in page.malformed[0].why
    assert json.loads(page.malformed[0].raw) == broken
    assert (page.size, page.next, page.prev, page.limit) == (3, "n", "p", 100)


def test_of_a_broken_record_only_the_beginning_is_kept() -> None:
    page = page_of(a_record(id="0", note="gọi " * 10_000))

    assert 0 < len(page.malformed[0].raw.encode()) <= RAW_BYTES


def test_half_a_letter_does_not_spoil_the_page() -> None:
    record = msgspec.json.encode(a_record(note="@"))
    spoiled = [
        record.replace(b"@", half)
        for half in (b"\\ud83d", b"\\ude00", b"\xff", b"\\\\ud83d", b"\\ud83d\\ude00")
    ]

    page = read_page(b'\xef\xbb\xbf{"call_logs": [' + b",".join(spoiled) + b"]}")

    notes = [call.note for call in page.calls]
    assert notes == ["\ufffd", "\ufffd", "\ufffd", "\\ud83d", "😀"]


@pytest.mark.parametrize("empty", ['{"call_logs": []}', '{"call_logs": null}', '{"paging": {}}'])
def test_a_page_may_be_empty(empty: str) -> None:
    assert read_page(empty.encode()) == Page((), (), "", "", 0)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>\n<title>Bad Gateway</title></html>", id="html"),
        pytest.param(b'{"call_logs": [', id="half a document"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="an empty object, which says nothing of calls"),
        pytest.param(b'{"status": "ok"}', id="another object"),
        pytest.param(b'{"call_logs": {}}', id="calls that are no list"),
        pytest.param(b'{"call_logs": ' + b"[" * 100_000, id="bottomless"),
        pytest.param(b"\x00\xff\x1b[31m", id="no text"),
    ],
)
def test_what_is_no_page_is_nonsense_and_is_shown_on_one_short_line(body: bytes) -> None:
    with pytest.raises(SourceNonsense) as caught:
        read_page(body)

    assert len(str(caught.value)) <= 300
    assert str(caught.value).isprintable()


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)
FIELD = JSON | st.sampled_from(["0", "5", "in", "2026-09-07T02:00:00+07:00", "9999-12-31T23:59:59"])
TARGETS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(a_target(), FIELD)))
RECORDS = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(a_record(), FIELD), "call_targets": TARGETS | JSON}
)
PAGES = st.fixed_dictionaries(
    {}, optional={"call_logs": st.lists(RECORDS | JSON) | JSON, "paging": JSON}
)


def page_or_nonsense(body: bytes) -> Page | None:
    try:
        return read_page(body)
    except SourceNonsense:
        return None


@given(PAGES | JSON)
def test_any_json_is_a_page_or_nonsense(value: Any) -> None:
    page = page_or_nonsense(json.dumps(value).encode())

    assert page is None or page.size == len(page.calls) + len(page.malformed)


@given(st.binary() | st.binary().map(lambda noise: a_body(a_record())[:-40] + noise))
def test_any_bytes_are_a_page_or_nonsense(body: bytes) -> None:
    page_or_nonsense(body)


@given(st.lists(RECORDS))
def test_every_record_is_either_a_call_or_kept(records: list[Any]) -> None:
    page = page_or_nonsense(json.dumps({"call_logs": records}, allow_nan=True).encode())

    assert page is None or page.size == len(records)


def test_a_request_says_only_what_is_set() -> None:
    assert list_request(EVERY_CALL, Paging()) == b"{}"
    assert json.loads(list_request(EVERY_CALL, Paging(after="c", limit=100))) == {
        "paging": {"after": "c", "limit": 100}
    }


def test_a_request_nests_every_field_that_the_vendor_knows() -> None:
    every = CallFilter(
        call_number="0901234567",
        call_state=CallState.NOT_ANSWERED,
        date_from=MORNING.astimezone(HANOI),
        date_to=MORNING.astimezone(HANOI),
        department_id="1",
        direction=Direction.IN,
        duration=DurationFilter("less_than_or_equal_to", timedelta(seconds=90)),
        extension_ids=("2", ""),
        external_id="e",
        external_session_id="s",
        hotline_ids=("3",),
        user_id="4",
    )

    assert json.loads(list_request(every, Paging(before="b", sort="-started_at"))) == {
        "filter": {
            "call_number": "0901234567",
            "call_state": "not_answered",
            "date_from": "2026-09-07T09:00:00+07:00",
            "date_to": "2026-09-07T09:00:00+07:00",
            "department_id": "1",
            "direction": "in",
            "duration": {"comparison": "less_than_or_equal_to", "value": 90},
            "extension_ids": ["2"],
            "external_id": "e",
            "external_session_id": "s",
            "hotline_ids": ["3"],
            "user_id": "4",
        },
        "paging": {"before": "b", "sort": "-started_at"},
    }


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"code": "bad_route", "msg": "x", "meta": {"cause": "y"}}', ("bad_route", "x")),
        (b'{"code": 5}', ("5", "")),
        (b"<html>", ("", "")),
        (b"[]", ("", "")),
        (b'{"code": {}}', ("", "")),
    ],
)
def test_an_error_tells_its_code_and_message_if_it_has_them(
    body: bytes, fault: tuple[str, str]
) -> None:
    assert read_fault(body) == fault
