from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.config import hours, scalars
from notifier.config.model import channels, service
from notifier.core.calendars import Span
from tests.config.files import SECRET

MINUTE = timedelta(minutes=1)

READERS: dict[str, Callable[..., object]] = {
    name: read
    for room in (scalars, hours, channels, service)
    for name, read in vars(room).items()
    if name.startswith("read_")
}


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (scalars.read_duration, "15s", timedelta(seconds=15)),
        (scalars.read_duration, "1h30m", 90 * MINUTE),
        (scalars.read_duration, "400d", timedelta(days=400)),
        (scalars.read_duration, "250ms", timedelta(milliseconds=250)),
        (scalars.read_duration, "2w", timedelta(days=14)),
        (scalars.read_duration, "0s", timedelta()),
        (scalars.read_duration, "0", timedelta()),
        (scalars.read_span_or_off, "off", None),
        (scalars.read_span_or_off, "no", None),
        (scalars.read_span_or_off, "0s", None),
        (scalars.read_span_or_off, "30m", 30 * MINUTE),
        (scalars.read_flag, "yes", True),
        (scalars.read_flag, "True", True),
        (scalars.read_flag, "on", True),
        (scalars.read_flag, "off", False),
        (scalars.read_flag, "no", False),
        (scalars.read_number, "-1002223334445", -1002223334445),
        (scalars.read_number, "010", 10),
        (scalars.read_share, "20%", 0.2),
        (scalars.read_share, "12.5 %", 0.125),
        (scalars.read_factor, "1.5", 1.5),
        (scalars.read_phone, "02473001234", "02473001234"),
        (scalars.read_phone, "+84 901.234.567", "+84 901.234.567"),
        (scalars.read_phone, "101", "101"),
        (scalars.read_time, "08:05", time(8, 5)),
        (scalars.read_time, "8:05", time(8, 5)),
        (scalars.read_date, "2027-02-03", date(2027, 2, 3)),
        (scalars.read_moment, "2026-12-01T00:00", datetime(2026, 12, 1)),  # noqa: DTZ001
        (scalars.read_moment, "2026-09-07 09:00", datetime(2026, 9, 7, 9)),  # noqa: DTZ001
        (scalars.read_moment, "2026-09-07T09:00Z", datetime(2026, 9, 7, 9, tzinfo=UTC)),
        (hours.read_days, "sat", (5,)),
        (hours.read_days, "mon-fri", (0, 1, 2, 3, 4)),
        (hours.read_days, "fri-mon", (4, 5, 6, 0)),
        (hours.read_days, "Mon, wed", (0, 2)),
        (hours.read_spans, "22:00-06:00", (Span(time(22), time(6)),)),
        (hours.read_spans, "00:00-24:00", (Span(time(), time()),)),
        (hours.read_closed, "2027-03-01", (date(2027, 3, 1),)),
        (hours.read_holidays, "VN", "VN"),
        (hours.read_holidays, "", ""),
        (hours.read_holidays, " nghi/Le_Cong_Ty.ICS ", "nghi/Le_Cong_Ty.ICS"),
        (channels.read_chat, "-100", -100),
        (channels.read_chat, "@kenh_cskh", "@kenh_cskh"),
        (channels.read_event, "alert.*", "alert.*"),
        (channels.read_event, "*", "*"),
        (service.read_proxy, "", ""),
        (service.read_proxy, "socks5://u:p@h:1", "socks5://u:p@h:1"),
    ],
)
def test_a_text_becomes_a_value(read: Callable[[object], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (
            scalars.read_duration,
            "10 phut",
            "'10 phut' is not a duration; write 90s, 10m, 1h30m or 2d",
        ),
        (scalars.read_duration, "-5m", "'-5m' is not a duration; write 90s, 10m, 1h30m or 2d"),
        (scalars.read_duration, "5", "'5' is not a duration; write 90s, 10m, 1h30m or 2d"),
        (scalars.read_duration, "٥m", "'٥m' is not a duration; write 90s, 10m, 1h30m or 2d"),
        (scalars.read_duration, "3651d", "'3651d' is longer than ten years"),
        (scalars.read_duration, "999999999w" * 9, "is longer than ten years"),
        (scalars.read_span, "0s", "'0s' must be longer than 0"),
        (scalars.read_flag, "ja", "'ja' is neither yes nor no; write true or false"),
        (scalars.read_number, "1_000", "'1_000' is not a whole number"),
        (scalars.read_number, "9" * 30, "is not a whole number"),
        (scalars.read_count, "0", "'0' must be 1 or more"),
        (scalars.read_share, "0.2", "'0.2' is not a percentage; write 20%"),
        (scalars.read_share, "101%", "'101%' is not a percentage; write 20%"),
        (
            scalars.read_factor,
            "0.5",
            "'0.5' is not a factor; write a number of 1 or more, such as 2",
        ),
        (scalars.read_name, "a b", "not a name; use letters, digits, _ and -"),
        (scalars.read_phone, "abc", "'abc' is not a phone number"),
        (scalars.read_time, "24:00", "'24:00' is not a time of day; write 08:05"),
        (scalars.read_time, "1350", "'1350' is not a time of day; write 08:05"),
        (scalars.read_date, "2027-02-30", "'2027-02-30' is not a day; write 2027-02-03"),
        (scalars.read_moment, "2026-12-01", "'2026-12-01' is not a moment; write 2026-12-01T08:00"),
        (
            scalars.read_zone,
            "Asia/Hanoi",
            "unknown time zone 'Asia/Hanoi'; Vietnam is Asia/Ho_Chi_Minh",
        ),
        (
            scalars.read_zone,
            "Europe/Berln",
            "unknown time zone 'Europe/Berln'; did you mean Europe/Berlin?",
        ),
        (scalars.read_zone, "../etc", "unknown time zone '../etc'"),
        (scalars.read_zone, "Asia", "unknown time zone 'Asia'"),
        (scalars.read_secret, " ", "is empty"),
        (scalars.read_secret, "a b", "holds a space or a letter that no key or token has"),
        (scalars.read_url, "x.vn", "not an address; write https://host/path"),
        (scalars.read_url, "https://[::1", "not an address; write https://host/path"),
        (scalars.read_url, "https://h:99999/", "not an address; write https://host/path"),
        (hours.read_days, "mon-fry", "unknown day 'fry'; did you mean fri?"),
        (hours.read_days, "8", "unknown day '8'; write mon tue wed thu fri sat sun, or mon-fri"),
        (hours.read_days, "mon,mon", "a day stands in it twice"),
        (hours.read_spans, "8-12", "'8-12' is not a range of the day; write 08:00-17:30"),
        (hours.read_spans, "08:00-25:00", "'08:00-25:00' has no such time of day"),
        (
            hours.read_spans,
            "08:00-08:00",
            "'08:00-08:00' begins and ends at once; the whole day is 00:00-24:00",
        ),
        (
            hours.read_spans,
            "08:00-12:00 11:00-13:00",
            "the ranges of '08:00-12:00 11:00-13:00' overlap or are out of order",
        ),
        (
            hours.read_closed,
            "2027-03-05..2027-03-01",
            "'2027-03-05..2027-03-01' must run forward, over at most 400 days",
        ),
        (
            hours.read_holidays,
            "vn",
            "unknown country 'vn'; write its two letters, such as VN; did you mean VN?",
        ),
        (
            hours.read_holidays,
            "le.csv",
            "unknown country 'le.csv'; write its two letters, such as VN; a file ends in .ics",
        ),
        (
            hours.read_holidays,
            "https://x.vn/le.ics",
            "addresses are not read; save the file beside this one, and write its name",
        ),
        (channels.read_chat, "0", "'0' is not a chat; write its number, or @its_public_name"),
        (
            channels.read_event,
            "alert.fird",
            "no such event 'alert.fird'; did you mean alert.fired?",
        ),
        (channels.read_header_name, "Webhook-Id", "is set by the notifier itself"),
        (
            channels.read_header_value,
            "a\nb",
            "not the value of a header; it must be one line of ASCII",
        ),
        (service.read_proxy, "h:1", "not a proxy; write http://host:port"),
    ],
)
def test_a_text_that_is_no_such_value_is_told_why(
    read: Callable[[object], object], text: str, message: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        read(text)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    "secret",
    ["whsec_", "whsec_AAAA", "whsec_****", "A" * 32, "whsec_" + "A" * 100, "whsec_đ"],
)
def test_a_signing_secret_has_24_to_64_bytes_in_base64(secret: str) -> None:
    with pytest.raises(ValueError, match="write whsec_ and 24 to 64 bytes in base64"):
        channels.read_signing_secret(secret)

    assert channels.read_signing_secret(SECRET).reveal() == SECRET


@pytest.mark.parametrize("name", READERS)
@given(
    value=st.text(max_size=30) | st.from_regex(r"[0-9:.%@ -]{1,12}", fullmatch=True) | st.just([])
)
def test_a_reader_gives_a_value_or_says_why(name: str, value: object) -> None:
    more = (["word"],) if name == "read_choice" else ()
    message = "a value"
    try:
        READERS[name](value, *more)
    except ValueError as error:
        message = str(error)

    assert message


@given(duration=st.timedeltas(timedelta(), scalars.LONGEST).map(lambda d: d // MINUTE * MINUTE))
def test_a_duration_is_written_as_it_is_read(duration: timedelta) -> None:
    assert scalars.read_duration(scalars.duration_text(duration)) == duration
