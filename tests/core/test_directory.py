import pytest

from notifier.core.calls import UNKNOWN_HOTLINE, Call, CallState, Direction
from notifier.core.directory import Directory, Hotline, merge
from tests.builders import a_call, a_leg, a_talk

CSKH = Hotline("19001000", "CSKH", "1415096549774721835", frozenset({"101", "102"}))
SALES = Hotline("02873001234", "Bán hàng", "", frozenset({"201"}), frozenset({"801", "trunk-2"}))
OFFICE = Directory((CSKH, SALES), {"101": "Lan"})


def lost(**overrides: object) -> Call:
    """Return a missed call of which nothing tells the hotline, but what is overridden."""
    return a_call(**{"hotline": UNKNOWN_HOTLINE, "callee": "999", "legs": (), **overrides})


def test_names_are_found_and_what_has_none_is_empty() -> None:
    assert (OFFICE.name_of("101"), OFFICE.name_of("999")) == ("Lan", "")
    assert OFFICE.hotline_name("+842873001234") == "Bán hàng"
    assert OFFICE.hotline_name("18001111") == ""


def test_only_hotlines_with_an_id_can_be_asked_for() -> None:
    assert OFFICE.queryable == (CSKH,)


def test_a_placed_call_has_the_name_of_who_answered() -> None:
    assert OFFICE.place(a_talk(agent=""), {}).agent == "Lan"


@pytest.mark.parametrize(
    ("call", "hotline"),
    [
        pytest.param(lost(extension="101"), "19001000", id="who was matched"),
        pytest.param(
            lost(legs=(a_leg("201", status=CallState.ANSWERED), a_leg("101"))),
            "02873001234",
            id="who answered comes before who was rung",
        ),
        pytest.param(lost(legs=(a_leg("101"), a_leg("102"))), "19001000", id="who was rung"),
        pytest.param(lost(callee="801"), "02873001234", id="the queue that was called"),
        pytest.param(lost(callee="842873001234"), "02873001234", id="the number that was called"),
        pytest.param(lost(legs=(a_leg("9", trunk="trunk-2"),)), "02873001234", id="the trunk"),
        pytest.param(
            lost(direction=Direction.OUT, caller="19001000"), "19001000", id="the number shown"
        ),
        pytest.param(
            lost(legs=(a_leg("101"), a_leg("201"))), UNKNOWN_HOTLINE, id="two hotlines were rung"
        ),
        pytest.param(lost(), UNKNOWN_HOTLINE, id="nothing tells"),
        pytest.param(
            lost(direction=Direction.EXT_IN, extension="101"), UNKNOWN_HOTLINE, id="internal"
        ),
        pytest.param(lost(hotline="18001111"), "18001111", id="the record tells another"),
        pytest.param(lost(hotline="+842873001234"), "02873001234", id="the record tells its form"),
        pytest.param(lost(hotline=CSKH.id), "19001000", id="the record tells the id"),
        pytest.param(
            lost(hotline="1414892734919211862", extension="201"),
            "02873001234",
            id="the record tells an id that nobody knows",
        ),
    ],
)
def test_a_call_is_placed_by_the_best_that_is_known(call: Call, hotline: str) -> None:
    assert OFFICE.place(call, {}).hotline == hotline


def test_a_query_by_hotline_comes_before_guesses() -> None:
    call = lost(extension="101")

    assert OFFICE.place(call, {call.id: "02873001234"}).hotline == "02873001234"


def test_the_file_wins_and_the_api_fills_in() -> None:
    written = Directory(
        (Hotline("19001000", name="Chăm sóc", extensions=frozenset({"101"})),),
        {"101": "Lan", "102": ""},
    )
    fetched = Directory(
        (
            Hotline("8419001000", "CSKH", "7", frozenset({"101", "109"})),
            Hotline("02873001234", "Bán hàng", "8", frozenset({"101", "201"})),
        ),
        {"101": "Nguyễn Thị Lan", "102": "Minh"},
    )

    assert merge(written, fetched) == Directory(
        (
            Hotline("19001000", "Chăm sóc", "7", frozenset({"101"})),
            Hotline("02873001234", "Bán hàng", "8", frozenset({"201"})),
        ),
        {"101": "Lan", "102": "Minh"},
    )


def test_a_hotline_is_the_same_by_its_id() -> None:
    merged = merge(Directory((CSKH,)), Directory((Hotline("1900 1001", "x", CSKH.id),)))

    assert merged == Directory((CSKH,))


@pytest.mark.parametrize("empty", [Directory()])
def test_nothing_changes_nothing(empty: Directory) -> None:
    assert merge(OFFICE, empty) == OFFICE
    assert merge(empty, OFFICE) == OFFICE
