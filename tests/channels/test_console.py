import io
import sys

import pytest

from notifier.channels.console import ConsoleChannel
from notifier.core.deliveries import Delivered, Failed, FailureReason, Parcel
from notifier.core.messages import Message, bold, plain


def a_parcel(name: str = "Anh Ba", **overrides: str | bool) -> Parcel:
    message = Message(header=(plain("🔴 "), bold("Cuộc gọi nhỡ")), lines=((plain(name),),))
    return Parcel(
        id="msg_1",
        attempt=1,
        message=message,
        replaces=str(overrides.get("replaces", "")),
        again=bool(overrides.get("again", False)),
    )


async def test_a_message_is_written_as_plain_text() -> None:
    screen = io.StringIO()

    await ConsoleChannel("screen", screen.write).send(a_parcel())

    assert screen.getvalue() == "🔴 Cuộc gọi nhỡ\nAnh Ba\n"


async def test_receipts_are_running_numbers() -> None:
    channel = ConsoleChannel("screen", io.StringIO().write)

    receipts = [await channel.send(a_parcel()) for _ in range(2)]

    assert receipts == [Delivered("1"), Delivered("2")]


async def test_an_edit_is_written_with_a_pencil() -> None:
    screen = io.StringIO()

    await ConsoleChannel("screen", screen.write).send(a_parcel(replaces="1"))

    assert screen.getvalue().startswith("✏️ 🔴 Cuộc gọi nhỡ")


async def test_what_may_have_been_sent_before_is_marked() -> None:
    screen = io.StringIO()

    await ConsoleChannel("screen", screen.write, resent="(gửi lại)").send(a_parcel(again=True))

    assert screen.getvalue().endswith("Anh Ba\n(gửi lại)\n")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        pytest.param("\x1b[2Jhi", "�[2Jhi", id="escape sequence"),
        pytest.param("a\rb", "a�b", id="carriage return"),
        pytest.param("abc\u202edef", "abcdef", id="turned direction"),
        pytest.param("👨‍💼 Bùi Thị Hường", "👨‍💼 Bùi Thị Hường", id="emoji and accents stay"),
    ],
)
async def test_a_callers_name_cannot_steer_the_terminal(name: str, written: str) -> None:
    screen = io.StringIO()

    await ConsoleChannel("screen", screen.write).send(a_parcel(name))

    assert screen.getvalue().splitlines()[1] == written


async def test_a_terminal_that_was_closed_is_a_failure_to_reach_it() -> None:
    screen = io.StringIO()
    screen.close()

    outcome = await ConsoleChannel("screen", screen.write).send(a_parcel())

    assert outcome == Failed(FailureReason.UNREACHABLE, "cannot write: ValueError")


async def test_a_parcel_without_a_message_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no message"):
        await ConsoleChannel("screen", sys.stdout.write).send(Parcel("msg_1", 1, body=b"{}"))
