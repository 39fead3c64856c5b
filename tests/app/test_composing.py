"""The composer: each channel's own language, mask and privacy."""

from dataclasses import replace

from notifier.app.composing import Composer
from notifier.core.alerts import AlertState, Language
from notifier.core.markup import to_text
from notifier.core.phones import Mask
from tests.builders import DIRECTORY, HANOI, NOON, a_route, an_alert
from tests.fakes.clock import FakeClock

ROUTES = {
    "nhom": a_route("nhom", language=Language.EN, mask=Mask.LAST3),
    "sep": a_route("sep", language=Language.EN, mask=Mask.FULL),
    "viet": a_route("viet", language=Language.VI, mask=Mask.LAST3),
}


def a_composer() -> Composer:
    return Composer(
        routes=ROUTES,
        private=frozenset({"sep"}),
        zone=HANOI,
        clock=FakeClock(NOON),
        directory=lambda: DIRECTORY,
    )


def shown(channel: str, **overrides: object) -> str:
    return to_text(a_composer()(replace(an_alert(), **overrides), channel))  # type: ignore[arg-type]


def test_each_channel_reads_its_own_language() -> None:
    assert "Missed call" in shown("nhom")
    assert "Cuộc gọi nhỡ" in shown("viet")


def test_a_group_sees_three_digits_and_a_person_all_of_them() -> None:
    assert "901234567" not in shown("nhom").replace(" ", "")
    assert "901234567" in shown("sep").replace(" ", "")


def test_a_hotline_has_its_name() -> None:
    assert "CSKH" in shown("nhom")


def test_what_was_corrected_and_is_true_again_says_so() -> None:
    assert "Correction" not in shown("nhom", corrected=0)
    assert "after all" in shown("nhom", corrected=2)
    assert "Correction" in shown("nhom", corrected=1, state=AlertState.REVISED)
