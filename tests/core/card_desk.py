"""Alerts, views and what is read of them, for tests of cards."""

from dataclasses import replace
from typing import Any

from notifier.core.alerts import Alert, AlertKind, AlertState, Language, Severity
from notifier.core.calls import Call, CallState
from notifier.core.cards import CardView, card
from notifier.core.directory import Directory, Hotline
from notifier.core.markup import to_text
from notifier.core.messages import Message
from notifier.core.phones import Mask
from notifier.core.rules.titles import title_name
from notifier.text import book
from tests.builders import HANOI, MINUTE, NOON, SECOND, a_call, a_leg, a_talk

DIRECTORY = Directory(
    hotlines=(Hotline("19001000", "CSKH"), Hotline("02873001234", "Bán hàng")),
    extensions={"101": "Lan", "102": "Minh"},
)

RUNG_IN_TURN = (a_leg("101", ring=12 * SECOND), a_leg("102", rung_at=NOON + 13 * SECOND))

ANSWERED_BY_MINH = a_talk(
    extension="102",
    agent="Minh",
    duration=12 * MINUTE + 5 * SECOND,
    legs=(
        a_leg("101", ring=10 * SECOND),
        a_leg(
            "102",
            rung_at=NOON + 12 * SECOND,
            status=CallState.ANSWERED,
            answered_at=NOON + 20 * SECOND,
        ),
    ),
)


def an_alert(call: Call | None = None, **facts: Any) -> Alert:
    told = call or a_call(legs=RUNG_IN_TURN)
    alert = Alert(
        id="abc123defghjkmnp",
        rule="goi_nho",
        kind=AlertKind.CALL,
        key=told.subject,
        severity=Severity.INFO,
        state=AlertState.OPEN,
        title={language: book(language)(title_name(told)) for language in Language},
        occurred_at=told.ended_at or told.started_at,
        fired_at=NOON + MINUTE,
        calls=(told,),
    )
    return replace(alert, **facts)


def a_view(alert: Alert | None = None, **facts: Any) -> CardView:
    view = CardView(
        alert=alert or an_alert(),
        language=Language.EN,
        mask=Mask.LAST3,
        zone=HANOI,
        now=NOON + 5 * MINUTE,
        directory=DIRECTORY,
    )
    return replace(view, **facts)


def said(view: CardView) -> Message:
    return card(view, book(view.language))


def shown(view: CardView) -> str:
    return to_text(said(view))


def a_digest(name: str, *calls: Call, **facts: Any) -> Alert:
    """Return a digest with the built-in title `name`; of the rule of that name unless told."""
    title = {language: book(language)(f"title.{name}") for language in Language}
    told = {"rule": name, "title": title, "count": len(calls), **facts}
    return an_alert(kind=AlertKind.DIGEST, calls=calls, **told)


def a_watch(rule: str, **facts: Any) -> Alert:
    facts.setdefault("severity", Severity.CRITICAL)
    facts.setdefault("detail", "api.sencloud.vn did not answer within 30 s")
    return an_alert(rule=rule, kind=AlertKind.WATCH, calls=(), title={}, **facts)
