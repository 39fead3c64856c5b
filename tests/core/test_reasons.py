from datetime import timedelta

import pytest

from notifier.core.alerts import Audit, Language, Reason
from notifier.core.reasons import WORDS, Teller
from notifier.text import book
from tests.builders import HANOI, NOON

EN = Teller(book(Language.EN), HANOI, NOON)
VI = Teller(book(Language.VI), HANOI, NOON)


def a_row(reason: Reason, detail: str = "") -> Audit:
    return Audit(NOON, "goi_nho", reason, detail=detail)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_in_both_languages(reason: Reason) -> None:
    en, vi = EN.told(a_row(reason)), VI.told(a_row(reason))

    assert en != vi
    assert "_" not in en + vi


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_of_ours_in_a_detail_has_words(word: str) -> None:
    assert VI.detail(a_row(Reason.OBSOLETE, word)) != word
    assert EN.detail(a_row(Reason.OBSOLETE, word))


@pytest.mark.parametrize(
    ("reason", "detail", "said"),
    [
        pytest.param(Reason.WAITING, "2026-09-07T13:10:00+07:00", "until 13:10:00", id="today"),
        pytest.param(
            Reason.WAITING, "2026-09-09T13:10:00+07:00", "until 13:10:00 9 Sep", id="another day"
        ),
        pytest.param(Reason.STALE, "125 s", "2 min 5 s late", id="too old"),
        pytest.param(Reason.STALE, "3f9a0c7xyz", "in the message #3F9A0C", id="old, gathered"),
        pytest.param(Reason.GROUPED, "3f9a0c7xyz", "in the message #3F9A0C", id="grouped"),
        pytest.param(Reason.SOURCE_DOWN, "3600 s", "1 h late", id="source down"),
        pytest.param(Reason.THROTTLED, "3", "3 so far", id="throttled"),
        pytest.param(Reason.BASELINE, "1 calls", "1 call", id="baseline"),
        pytest.param(Reason.MUTED, "m1 Lan Anh", "mute m1 by Lan Anh", id="muted"),
        pytest.param(Reason.SUPPRESSED, "hotline_im", "hotline_im", id="suppressed"),
        pytest.param(Reason.ACKNOWLEDGED, "Lan", "by Lan", id="taken"),
        pytest.param(Reason.ACKNOWLEDGED, "escalate", "passing it on", id="not passed on"),
        pytest.param(Reason.CLOSED, "Lan", "by Lan", id="closed"),
        pytest.param(Reason.RESOLVED, "called_back", "called back", id="resolved"),
        pytest.param(
            Reason.OBSOLETE,
            "called_back by Lan, call 12",
            "called back by Lan (call 12)",
            id="called back in time",
        ),
        pytest.param(
            Reason.OBSOLETE,
            "followed, call 12",
            "the call came that it waited for (call 12)",
            id="followed in time",
        ),
    ],
)
def test_a_detail_is_put_into_words(reason: Reason, detail: str, said: str) -> None:
    assert EN.detail(a_row(reason, detail)) == said


@pytest.mark.parametrize(
    ("reason", "detail"),
    [
        pytest.param(Reason.WAITING, "soon", id="no time"),
        pytest.param(Reason.WAITING, "2026-09-07T13:10:00", id="a time without a zone"),
        pytest.param(Reason.THROTTLED, "many", id="no number"),
        pytest.param(Reason.BASELINE, "all calls", id="no number of calls"),
        pytest.param(Reason.OBSOLETE, "vanished by Lan, call 12", id="no outcome"),
        pytest.param(Reason.NEW, "an older version's", id="free text"),
    ],
)
def test_a_detail_of_another_form_stays_as_it_is(reason: Reason, detail: str) -> None:
    assert EN.detail(a_row(reason, detail)) == detail


def test_a_decision_is_told_with_its_detail_if_there_is_one() -> None:
    assert EN.told(a_row(Reason.SETTLING)) == "not judged yet: too young to be final"
    assert EN.told(a_row(Reason.CLOSED, "Lan")) == "closed: by Lan"


def test_a_decision_is_told_in_vietnamese() -> None:
    row = a_row(Reason.OBSOLETE, "called_back by Lan, call 12")

    assert VI.told(row) == "không cần nữa: đã gọi lại cho khách, bởi Lan (cuộc gọi 12)"


def test_an_instant_is_written_as_people_write_it() -> None:
    assert EN.moment(NOON - timedelta(days=1)) == "12:00:00 yesterday"
