"""The menus that Telegram's clients show, set when they have changed."""

from tests.bot.desk import ADMIN, GROUP, LAN, Stage
from tests.fakes.telegram import Fault


async def test_each_kind_of_chat_and_language_has_its_menu(stage: Stage) -> None:
    menus = stage.fake.menus

    assert menus.shown(LAN, "en") == ["hi", "look", "work", "secretly"]
    assert menus.shown(LAN, "vi") == ["chao", "xem", "work", "secretly"]
    assert menus.shown(LAN, "ru") == menus.shown(LAN, "en")
    assert menus.shown(GROUP, "vi") == ["chao", "xem", "work"]
    assert "govern" in menus.shown(ADMIN, "en")


async def test_an_unchanged_menu_is_not_set_again(stage: Stage) -> None:
    first = stage.fake.menus.sets
    await stage.restart()

    assert first == 9
    assert stage.fake.menus.sets == first


async def test_a_menu_that_could_not_be_set_keeps_nobody_from_listening(stage: Stage) -> None:
    await stage.stop()
    stage.forget_menus()
    stage.fake.fail(Fault(status=502, body=b"", method="setMyCommands"))
    await stage.start()
    await stage.says("/look")
    failed = stage.fake.menus.sets
    await stage.restart()

    assert stage.said() == ["look"]
    assert (failed, stage.fake.menus.sets) == (9, 18)
