"""The sentences in English."""

from notifier.text.en_alerts import SENTENCES as ALERTS
from notifier.text.en_bot_acting import SENTENCES as BOT_ACTING
from notifier.text.en_bot_asking import SENTENCES as ASKING
from notifier.text.en_bot_front import SENTENCES as FRONT
from notifier.text.en_bot_living import SENTENCES as LIVING
from notifier.text.en_bot_people import SENTENCES as PEOPLE
from notifier.text.en_reasons import SENTENCES as REASONS
from notifier.text.en_reports import SENTENCES as REPORTS
from notifier.text.en_rules import SENTENCES as RULES

SENTENCES = {
    # What a call was, or what an alert is about
    "title.missed": "Missed call",
    "title.abandoned": "Customer hung up while waiting",
    "title.unreached": "Customer did not pick up",
    "title.incoming": "Incoming call",
    "title.outgoing": "Outgoing call",
    "title.internal": "Internal call",
    "title.limit": "More alerts",
    "title.stale": "While disconnected",
    "watch.poll_stale": "The call log has not been read for a while",
    "watch.source_errors": "The PBX keeps answering with errors",
    "watch.source_refused": "The PBX refuses the API key",
    "watch.send_failed": "Some messages could not be delivered",
    "watch.config_refused": "The changed configuration was not taken up",
    "watch.other": "The notifier has a problem",
    "watch.since": "Began at {at}",
    # What to do about it
    "advice.poll_stale": "Check this server's network and the state of the PBX. Calls made meanwhile will be read once it is back.",
    "advice.source_errors": "This usually passes; if it lasts, tell the PBX vendor and quote the error above.",
    "advice.source_refused": "Check the API key in the configuration (not expired, right account), correct it and restart.",
    "advice.send_failed": "Check the channel (bot blocked, group deleted, wrong address). “notifier outbox dead” says why.",
    "advice.config_refused": "The rules go on as they were. Correct the file; it is read again by itself. “notifier check” lists every problem.",
    "advice.other": "The notifier's log has the details.",
    "recovered.poll_stale": "The call log is being read again",
    "recovered.source_errors": "The PBX answers normally again",
    "recovered.source_refused": "The PBX accepts the API key again",
    "recovered.send_failed": "The channel delivers again",
    "recovered.config_refused": "The configuration is good again and in force",
    "recovered.other": "The problem is over",
    # What alerts about several calls, or about none, say besides
    **ALERTS,
    # Lines of a card
    "card.ring": "rang {ring}",
    "card.waited": "customer waited {wait}",
    "card.talked": "talked {talk}",
    "card.ongoing": "in progress",
    "card.nobody": "{path}, {why}",
    "card.answered": "answered by {who}",
    "card.path_answered": "{path} → answered by {who}",
    "card.called_by": "called by {who}",
    "card.between": "{caller} → {callee}",
    "card.others": "and {n} {n:other|others}",
    "card.recording": "Recording available",
    "card.suppressed": "+{n} more {n:call|calls} folded into this alert",
    "card.deadline": "Due: {at}",
    "card.reported": "Reported before: {title}",
    "card.withheld": "Number withheld",
    "card.unknown_hotline": "Unknown hotline",
    "card.again": "(sent again)",
    # States of a card
    "state.open": "Open",
    "state.acknowledged": "In progress",
    "state.resolved": "Done",
    "state.closed": "Closed",
    "state.revised": "Corrected",
    "state.withdrawn": "Withdrawn",
    "revised.answered_by": "Correction: answered by {who}",
    "revised.answered": "Correction: the call was answered",
    "revised.reached": "Correction: the customer did pick up",
    "revised.missed": "Correction: it was a missed call after all",
    "revised.unreached": "Correction: the customer did not pick up after all",
    "revised.untrue": "Correction: this alert is no longer true",
    "revised.true": "Correction: this alert is true after all",
    # Several in one message
    "digest.limit": "+{n} more {n:alert|alerts}",
    "digest.limit_within": "+{n} more {n:alert|alerts} in {span}",
    "digest.stale": "While disconnected: {n} {n:alert|alerts}",
    "digest.stale_missed": "While disconnected: {n} missed {n:call|calls}",
    "digest.stale_mixed": "While disconnected: {missed} missed {missed:call|calls}, {others} {others:other|others}",
    "digest.period": "From {first} to {last}",
    "digest.more": "… and {n} more",
    # Buttons
    "button.take": "✅ Take it",
    "button.called": "☎️ Called back",
    "button.copy": "📋 Copy number",
    # Why a call was missed
    "miss.no_answer": "nobody picked up",
    "miss.busy": "line busy",
    "miss.caller_hung_up": "customer hung up first",
    "miss.nobody_rung": "no phone rang",
    "miss.abandoned": "customer hung up while waiting",
    "miss.failed": "no phone could be reached",
    # How loud
    "severity.info": "info",
    "severity.warning": "warning",
    "severity.critical": "critical",
    # Why a delivery failed
    "failure.unreachable": "could not connect",
    "failure.timed_out": "timed out",
    "failure.refused": "refused by the receiver",
    "failure.rate_limited": "rate limited",
    "failure.gone": "the receiver is gone",
    "failure.bad_answer": "unusable answer",
    "failure.forbidden_address": "address not allowed",
    "failure.too_large": "too large",
    "failure.uncertain": "may or may not have arrived",
    "failure.expired": "too old to send",
    # Days and spans
    "time.on_day": "{time} {day}",
    "day.yesterday": "yesterday",
    "day.date": "{day} {month}",
    "day.full": "{day} {month} {year}",
    "month.1": "Jan",
    "month.2": "Feb",
    "month.3": "Mar",
    "month.4": "Apr",
    "month.5": "May",
    "month.6": "Jun",
    "month.7": "Jul",
    "month.8": "Aug",
    "month.9": "Sep",
    "month.10": "Oct",
    "month.11": "Nov",
    "month.12": "Dec",
    "span.days": "{n} {n:day|days}",
    "span.hours": "{n} h",
    "span.minutes": "{n} min",
    "span.seconds": "{n} s",
    # Lists and the state of the service
    "list.open": "Open alerts: {n}",
    "list.more": "… and {n} more",
    "period.today": "today",
    "period.yesterday": "yesterday",
    "period.last": "in the last {span}",
    "period.range": "from {first} to {last}",
    "status.heading": "Status",
    "status.healthy": "All is well",
    "status.last_poll": "Last poll: {ago} ago",
    "status.never_polled": "Not polled yet",
    "status.lag": "Lag of the PBX: {lag}",
    "status.queue": "Waiting to be sent: {n}",
    "status.queue_oldest": "Waiting to be sent: {n}, oldest {age}",
    "status.dead": "Could not be delivered: {n}",
    "status.malformed": "Malformed records: {n}",
    "status.calls": "Calls stored: {n}",
    # The prompt
    "command.unknown": "There is no command “{command}”. Type /help to see them all.",
    "command.did_you_mean": "There is no command “{command}”. Did you mean {suggestion}?",
    "command.usage": "Usage: {usage}. Example: {example}",
    "command.help": "the commands",
    "command.missed": "missed calls",
    "command.calls": "calls",
    "command.status": "state of the service",
    "command.quit": "quit",
    # People and chats
    **PEOPLE,
    # Decisions
    **REASONS,
    # Reports
    **REPORTS,
    # Daily life
    **LIVING,
    # Questions and their answers
    **ASKING,
    # The bot itself
    **FRONT,
    # Acting on alerts
    **BOT_ACTING,
    # Rules in words
    **RULES,
}
"""By name; names and facts are the same in every language."""
