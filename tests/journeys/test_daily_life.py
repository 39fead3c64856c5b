"""Journeys of people's days: what they ask for in a chat is what happens, also after a restart."""

from pathlib import Path

from notifier.core.people import Person, Role
from notifier.simulator.journeys import missed_call
from tests.journeys.house import DAY, GROUP, HOUR, MINUTE, SECOND, House, a_service

LAN = 555000222

CRITICAL = "  goi_nho: {when: missed, severity: critical}"
WARNING = "  goi_nho: {when: missed, severity: warning}"


async def let_in(house: House, role: Role = Role.ADMIN) -> None:
    house.telegram.chat(LAN)
    assert house.app.bot
    house.app.bot.people.put_person(Person(LAN, "Lan", role, "lan"))
    await house.advance(MINUTE)


async def says(house: House, text: str, chat: int = LAN) -> None:
    house.telegram.says(chat, LAN, text)
    await house.advance(5 * SECOND)


async def a_miss(house: House, number: str = "0909000001") -> None:
    house.show(missed_call(house.pbx_now() - 20 * SECOND, number))
    await house.advance(2 * MINUTE)


async def test_whoever_follows_is_told_beside_the_file_until_they_no_longer_do(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, to="[nhom]") as house:
        await let_in(house)
        await says(house, "/sub missed")
        before = len(house.cards(LAN))
        await a_miss(house)
        await house.restart()
        await a_miss(house, "0909000002")
        followed = len(house.cards(LAN)) - before
        await says(house, "/unsub")
        known = len(house.cards(LAN))
        await a_miss(house, "0909000003")

        assert followed == 2
        assert len(house.cards(LAN)) == known
        assert len(house.cards()) == 3


async def test_a_digest_comes_at_its_hour_and_late_but_marked_after_a_pause(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]") as house:
        await let_in(house)
        await says(house, "/digest 10:00")
        before = len(house.cards(LAN))
        await house.advance(59 * MINUTE)
        await house.advance(5 * MINUTE)
        first = house.cards(LAN)[before:]
        await house.stop()
        await house.advance(DAY + 2 * HOUR)
        await house.start()
        await house.advance(5 * MINUTE)

        second = house.cards(LAN)[before + 1 :]
        assert len(first) == 1
        assert first[0].text.startswith("📊 Call digest")
        assert ["when it was due" in card.text for card in second] == [True]


async def test_quiet_hours_take_the_sound_and_leave_what_is_critical(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]", rules=WARNING) as house:
        await let_in(house)
        await a_miss(house)
        await says(house, "/quiet 09:00-12:00", GROUP)
        await a_miss(house, "0909000002")
        cards = [card for card in house.cards() if "Missed" in card.text]

        assert [card.silent for card in cards] == [False, True]


async def test_people_on_duty_are_called_by_what_is_critical(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]", rules=CRITICAL) as house:
        await let_in(house)
        await says(house, "/duty me 8h", GROUP)
        await a_miss(house)

        card = house.cards()[-1]
        assert f'<a href="tg://user?id={LAN}">' in card.raw
        assert not card.silent


async def test_a_day_of_quiet_ends_by_itself(tmp_path: Path) -> None:
    async with a_service(tmp_path, to="[nhom]", rules=WARNING) as house:
        await let_in(house)
        await says(house, "/snooze 1h", GROUP)
        await a_miss(house)
        await house.advance(HOUR)
        await a_miss(house, "0909000002")
        cards = [card for card in house.cards() if "Missed" in card.text]

        assert [card.silent for card in cards] == [True, False]
