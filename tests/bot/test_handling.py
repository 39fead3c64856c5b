"""Each update is handled once, in its chat's order; a handler that fails does no more harm."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from notifier.core.talk import Answer, Asked, Reaction, Tapped
from notifier.store.updates import Updates
from tests.bot.desk import ADMIN, GROUP, LAN, Stage, an_answer

FAILED = "This did not work, and nothing may have been done. Please try again later."


def failing(times: int) -> Callable[[Asked], Awaitable[tuple[Answer, ...]]]:
    """Return what raises so many times and then answers."""
    faults = [RuntimeError("oops")] * times

    async def replies(asked: Asked) -> tuple[Answer, ...]:
        for fault in faults[:1]:
            faults.pop()
            raise fault
        return (an_answer(" ".join(asked.words)),)

    return replies


async def test_a_handled_update_leaves_its_id_and_no_words(stage: Stage) -> None:
    await stage.says("/look 0901234567")

    assert stage.rows("tries, failure, body") == [(1, "", "")]
    assert stage.rows("handled_at_ms IS NULL") == [(0,)]


async def test_a_handler_that_fails_is_tried_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.parrot.replies = failing(2)
    await stage.says("/look here")
    await stage.advance(10)

    assert stage.said() == ["here"]
    assert stage.rows("tries, failure") == [(3, "")]
    assert [record.message for record in caplog.records] == ["an update was not handled"] * 2


async def test_a_handler_that_always_fails_says_so_once_and_is_left(stage: Stage) -> None:
    stage.parrot.replies = failing(100)
    await stage.says("/look here")
    await stage.says("/look there")
    await stage.advance(60)

    assert stage.said() == [FAILED, FAILED]
    assert stage.rows("tries, failure") == [(3, "RuntimeError"), (3, "RuntimeError")]


async def test_a_tap_whose_handler_fails_is_answered_once(stage: Stage) -> None:
    async def reacts(_tapped: Tapped) -> Reaction:
        raise RuntimeError

    stage.parrot.reacts = reacts
    tap = await stage.taps("1:take:a1")
    await stage.advance(10)

    assert (tap.text, tap.loud) == (FAILED, True)
    asked = [method for method, _ in stage.fake.calls if method == "answerCallbackQuery"]
    assert len(asked) == 1


async def test_a_crash_in_a_handler_loses_nothing(stage: Stage) -> None:
    async def hangs(_asked: Asked) -> tuple[Answer, ...]:
        await asyncio.Event().wait()
        return ()

    stage.parrot.replies = hangs
    await stage.says("/look here")
    await stage.stop()
    stage.parrot.replies = failing(0)
    await stage.start()

    assert stage.said() == ["here"]
    assert len(stage.parrot.asked) == 2
    assert stage.rows("tries, failure") == [(2, "")]


async def test_an_update_that_ends_the_process_each_time_is_given_up(stage: Stage) -> None:
    await stage.stop()
    stage.fake.says(LAN, LAN, "/look")
    await stage.start()
    stage.database.run("UPDATE updates SET tries = 3, handled_at_ms = NULL, body = ?", (BODY,))
    asked = len(stage.parrot.asked)
    await stage.restart()

    assert len(stage.parrot.asked) == asked
    assert stage.said()[-1] == FAILED
    assert stage.rows("tries, failure") == [(4, "given up: each try ended the process")]


BODY = (
    '{"update_id":1,"message":{"message_id":1,"date":1,"text":"/look",'
    f'"chat":{{"id":{LAN},"type":"private"}},'
    f'"from":{{"id":{LAN},"is_bot":false,"first_name":"Lan"}}}}}}'
)


async def test_a_slow_answer_keeps_only_its_own_chat_waiting(stage: Stage) -> None:
    async def slow(asked: Asked) -> tuple[Answer, ...]:
        await stage.clock.sleep(20.0 if asked.words else 0.0)
        return (an_answer(" ".join(("done", *asked.words))),)

    stage.parrot.replies = slow
    await stage.says("/look slowly")
    await stage.says("/look")
    await stage.says("/look", person=ADMIN)
    before = (stage.said(), stage.said(ADMIN))
    await stage.advance(20)

    assert before == ([], ["done"])
    assert stage.said() == ["done slowly", "done"]


async def test_two_taps_at_once_are_taken_one_after_the_other(stage: Stage) -> None:
    taken: list[str] = []

    async def reacts(tapped: Tapped) -> Reaction:
        await stage.clock.sleep(0.1)
        taken.append(tapped.caller.person.name)
        return Reaction(f"{taken[0]} has it")

    stage.parrot.reacts = reacts
    first = stage.fake.taps(GROUP, LAN, stage.card(), "1:take:a1")
    second = stage.fake.taps(GROUP, ADMIN, stage.card(), "1:take:a1")
    await stage.advance(2)

    assert [first.text, second.text] == ["P222 has it", "P222 has it"]


async def test_what_no_handler_can_read_is_passed_over(stage: Stage) -> None:
    stage.fake.queue.push("message", {"chat": {"id": LAN}, "odd": True})
    stage.fake.queue.push("message", {"message_id": 1})
    await stage.says("/look")
    await stage.advance(10)

    assert stage.said() == ["look"]
    assert stage.rows("tries, failure") == [*[(1, "unreadable: KeyError")] * 2, (1, "")]


@pytest.mark.parametrize(
    "facts",
    [
        {"text": None, "photo": []},
        {"from": {"id": 1, "is_bot": True, "first_name": "bot"}},
        {"from": None},
    ],
    ids=["no words", "a bot", "nobody"],
)
async def test_what_says_nothing_is_passed_over(stage: Stage, facts: dict[str, object]) -> None:
    base = {"message_id": 1, "date": 1, "chat": {"id": LAN, "type": "private"}, "text": "/look"}
    user = {"id": LAN, "is_bot": False, "first_name": "Lan"}
    told = {name: fact for name, fact in {**base, "from": user, **facts}.items() if fact}
    stage.fake.queue.push("message", told)
    await stage.advance()

    assert stage.said() == []
    assert stage.rows("tries, failure") == [(1, "")]


async def test_a_file_that_cannot_be_written_ends_it_with_a_reason(stage: Stage) -> None:
    stage.database.run("CREATE TRIGGER full BEFORE UPDATE ON updates BEGIN SELECT RAISE(FAIL, 'disk full'); END")  # fmt: skip # noqa: E501

    stage.fake.says(LAN, LAN, "/look")
    with pytest.raises(Exception, match="disk full"):
        await stage.advance()

    assert Updates(stage.database).waiting() == [LAN]
