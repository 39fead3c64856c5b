"""The lists of commands that clients offer."""

from notifier.core.alerts import Language
from notifier.core.menus import LONGEST_DESCRIPTION, MOST_COMMANDS, Menu, menus
from notifier.core.people import Right
from notifier.core.talk import Command
from notifier.text import book

MISSED = Command("missed", Right.LOOK, aliases=("nho",))
SECRET = Command("secretly", Right.LOOK, private=True, usage="[x]")
USERS = Command("governs", Right.GOVERN)

BOOKS = [(None, book(Language.EN)), (Language.VI, book(Language.VI))]


def test_there_is_a_list_for_each_kind_of_chat_and_language() -> None:
    found = {menu.key: menu.lines for menu in menus([MISSED, SECRET, USERS], BOOKS, [7])}

    missed, nho = ("missed", "missed calls"), ("nho", "cuộc gọi nhỡ")
    secret, users = ("secretly", "[x]"), ("governs", "governs")
    assert found == {
        "private:": (missed, secret),
        "private:vi": (nho, secret),
        "groups:": (missed,),
        "groups:vi": (nho,),
        "7:": (missed, secret, users),
        "7:vi": (nho, secret, users),
    }


def test_a_list_and_a_description_are_no_longer_than_telegram_takes() -> None:
    many = [Command(f"c{n}", Right.LOOK, usage="x" * 300) for n in range(150)]

    (menu, _) = menus(many, BOOKS[:1])

    assert len(menu.lines) == MOST_COMMANDS
    assert {len(told) for _, told in menu.lines} == {LONGEST_DESCRIPTION}


def test_a_menu_that_says_something_else_has_another_digest() -> None:
    first = Menu("private", None, (("a", "b"), ("c", "d")))
    second = Menu("private", None, (("a", "b"), ("c", "e")))

    assert first.digest == Menu("groups", Language.VI, first.lines).digest
    assert first.digest != second.digest
