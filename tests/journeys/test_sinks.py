"""Journeys of receivers that misbehave: nothing lost, order kept, nobody else delayed."""

from datetime import timedelta
from pathlib import Path

import httpx

from notifier.simulator.journeys import missed_call
from tests.fakes.receiver import Reply
from tests.fakes.telegram import Fault
from tests.journeys.house import DAY, GROUP, HOUR, MINUTE, PERSON, SECOND, House, a_service

TOO_MANY = (
    b'{"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 60",'
    b' "parameters": {"retry_after": 60}}'
)

NEW_GROUP = -1003334445556


def misses(house: House, count: int, apart: timedelta = SECOND) -> list[str]:
    """Show so many missed calls, of callers whose numbers end in 000, 001 …; return their ends."""
    at = house.pbx_now() - 5 * MINUTE
    for number in range(count):
        house.show(missed_call(at + number * apart, f"0901234{number:03}"))
    return [f"{number:03}" for number in range(count)]


def ends(house: House, chat: int = GROUP) -> list[str]:
    """Last three digits of the numbers on the cards, in the order of the chat."""
    lines = [card.text.splitlines()[1] for card in house.cards(chat)]
    return [line.split()[-1][-3:] for line in lines]


async def test_a_webhook_that_is_down_gets_everything_under_the_same_ids_when_it_is_up(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        house.receiver.script(then=Reply(500, body=b"oops"))
        misses(house, 3)
        await house.advance(10 * MINUTE)
        tried = {one.id for one in house.events}
        house.receiver.script()
        before = len(house.events)
        await house.advance(HOUR)

        after = house.events[before:]
        assert len(tried) == 3
        assert sorted(one.id for one in after) == sorted(tried)
        assert all(one.attempt > 1 and one.genuine for one in after)
        assert len(house.cards()) == 3, "the chat did not wait for the webhook"
        bodies = {(one.id, one.body) for one in house.events}
        assert len(bodies) == 3, "each attempt sends the same bytes"


async def test_a_webhook_that_is_gone_is_given_up_and_its_owner_told_once_a_day(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        house.receiver.script(then=Reply(410))
        misses(house, 3)
        await house.advance(10 * MINUTE)

        assert len(house.events) == 3
        dead = house.rows("deliveries", "state = 'dead'")
        assert {row["failure"] for row in dead} == {"gone"}
        assert len(house.cards(PERSON)) == 1
        assert "crm" in house.cards(PERSON)[0].text
        assert len(house.rows("audit", "rule = 'send_failed'")) == 1


async def test_a_webhook_that_never_comes_back_is_given_up_after_its_schedule_and_told(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, every="1h") as house:
        await house.advance(MINUTE)
        house.receiver.script(then=Reply(500))
        misses(house, 1)
        await house.advance(HOUR)
        for _ in range(16):  # only the outbox matters now: time passes while the service is off
            await house.stop()
            await house.clock.advance(4 * HOUR)
            await house.start()
            await house.advance(SECOND)

        (dead,) = house.rows("deliveries", "channel = 'crm'")
        attempts = house.rows("attempts", f"delivery = '{dead['id']}'")
        assert dead["state"] == "dead"
        assert [row["number"] for row in attempts] == list(range(1, 11))
        assert len({one.id for one in house.events}) == 1
        assert len(house.cards(PERSON)) == 1
        assert len(house.cards()) == 1


async def test_a_slow_webhook_delays_no_chat_and_no_other_post(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        first = Reply(delay=0.3)
        house.receiver.script(first)
        misses(house, 3)
        await house.advance(20 * SECOND)

        assert len(house.events) == 3
        assert len(house.cards()) == 3


async def test_an_event_that_comes_while_a_slow_post_is_under_way_does_not_wait_for_it(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, settle="0s") as house:
        await house.advance(MINUTE)
        house.receiver.script(Reply(delay=2))
        misses(house, 1)
        await house.advance(20 * SECOND)
        house.show(missed_call(house.pbx_now() - 20 * SECOND, "0909999999"))
        await house.advance(20 * SECOND)

        slow, quick = house.events
        states = {row["id"]: row["state"] for row in house.rows("deliveries", "channel = 'crm'")}
        assert (states[slow.id], states[quick.id]) == ("sending", "delivered")


async def test_a_chat_that_is_told_to_wait_holds_back_no_other_and_loses_and_swaps_nothing(
    tmp_path: Path,
) -> None:
    many = "{max: 1000, per: 1m}"
    async with a_service(tmp_path, to="[nhom, sep]", limit=many, settle="0s") as house:
        house.telegram.elapsed = house.clock.elapsed
        house.telegram.group_burst = 0
        await house.advance(MINUTE)
        house.telegram.fail(*[Fault(status=429, body=TOO_MANY, method="sendMessage")])
        wanted = misses(house, 8)
        await house.advance(40 * SECOND)
        soon = sorted((len(house.cards()), len(house.cards(PERSON))))
        await house.advance(10 * MINUTE)

        assert soon[0] < 8
        assert soon[1] == 8
        assert ends(house) == wanted
        assert ends(house, PERSON) == wanted
        assert not house.rows("attempts", "outcome = 'delivered' AND next_at_ms IS NOT NULL")


async def test_a_storm_is_told_on_one_card_a_chat_and_loses_nothing(tmp_path: Path) -> None:
    many = "{max: 1000, per: 1m}"
    async with a_service(tmp_path, to="[nhom, sep]", limit=many, settle="0s") as house:
        await house.advance(MINUTE)
        wanted = misses(house, 30)
        await house.advance(5 * MINUTE)

        assert (len(house.cards()), len(house.cards(PERSON))) == (9, 9)
        assert ends(house)[:8] == wanted[:8]
        assert "22" in house.headlines()[-1]
        assert all(number in house.cards()[-1].text for number in wanted[8:])


async def test_a_group_that_became_a_supergroup_is_followed_and_remembered(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]") as house:
        await house.advance(MINUTE)
        house.telegram.chats[GROUP].migrated_to = NEW_GROUP
        house.telegram.chat(NEW_GROUP)
        misses(house, 1)
        await house.advance(MINUTE)
        await house.restart()
        asked = len(house.telegram.calls)
        house.show(missed_call(house.pbx_now() - 20 * SECOND, "0909000002"))
        await house.advance(2 * MINUTE)

        assert len(house.cards(NEW_GROUP)) == 2
        assert [int(call["chat_id"]) for _, call in house.telegram.calls[asked:]] == [NEW_GROUP]


async def test_what_is_owed_to_a_chat_that_threw_the_bot_out_waits_and_the_others_flow(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, to="[nhom, crm]") as house:
        await house.advance(MINUTE)
        house.telegram.chats[GROUP].forbidden = "bot was kicked from the supergroup chat"
        misses(house, 2)
        await house.advance(5 * MINUTE)

        owed = house.rows("deliveries", "channel = 'nhom'")
        tries = len(house.rows("attempts", "outcome = 'gone'"))
        told = [card.text for card in house.cards(PERSON)]
        house.telegram.chats[GROUP].forbidden = ""
        await house.advance(70 * MINUTE)

        assert len(house.events) == 2
        assert {row["state"] for row in owed} == {"pending"}
        assert tries == 1
        assert ["nhom" in text for text in told] == [True]
        assert len(house.cards()) == 2
        assert house.cards(PERSON)[0].text != told[0], "the owner sees that it is well again"


async def test_a_message_whose_outcome_is_unknown_is_sent_again_once_later_and_marked(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, to="[nhom]") as house:
        await house.advance(MINUTE)
        lost = httpx.ReadTimeout("the answer was lost")
        house.telegram.fail(Fault(raises=lost, after=True, method="sendMessage"))
        misses(house, 1)
        await house.advance(40 * SECOND)
        soon = len(house.cards())
        await house.advance(10 * MINUTE)

        first, again = house.cards()
        times = [row["at_ms"] for row in house.rows("attempts")]
        assert soon == 1
        assert "(sent again)" not in first.text
        assert "(sent again)" in again.text
        assert times[1] - times[0] >= 30_000


async def test_an_hour_of_server_errors_loses_no_card(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]") as house:
        await house.advance(MINUTE)
        house.telegram.fail(*[Fault(status=502, body=b"{}")] * 1000)
        wanted = misses(house, 4)
        await house.advance(HOUR)
        before = len(house.cards())
        house.telegram.faults.clear()
        await house.advance(3 * HOUR)

        assert before == 0
        assert sorted(ends(house)) == wanted


async def test_more_than_the_limit_becomes_one_digest_and_webhooks_get_each(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, limit="{max: 5, per: 10m}") as house:
        await house.advance(MINUTE)
        misses(house, 12)
        await house.advance(12 * MINUTE)

        assert len(house.events) == 12
        assert len(house.cards()) == 6
        assert "7" in house.headlines()[-1]


async def test_a_channel_that_left_the_file_is_owed_nothing_any_more(tmp_path: Path) -> None:
    async with a_service(tmp_path) as house:
        await house.advance(MINUTE)
        house.receiver.script(then=Reply(500))
        misses(house, 1)
        await house.advance(2 * MINUTE)
        await house.stop()
        await house.start(crm="", to="[nhom]")
        await house.advance(DAY / 12)

        (row,) = house.rows("deliveries", "channel = 'crm'")
        assert (row["state"], row["failure"]) == ("dead", "gone")
