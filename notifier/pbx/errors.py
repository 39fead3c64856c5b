"""From what came instead of an answer to the error that says what to do.

    SourceError
    ├── SourceUnavailable   408, 425, 429, 5xx, the network, time-outs     ask again later
    │   └── SourceNonsense  no JSON, a redirect, too much                  ask again later
    ├── SourceRefused       401, 403                                       mend the key
    └── SourceRejected      400, 404, 409, 412 and every other 4xx         mend the request

The classes stand in the core, so that whoever polls can tell them apart without this room.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from notifier.core.errors import (
    SourceError,
    SourceNonsense,
    SourceRefused,
    SourceRejected,
    SourceUnavailable,
)
from notifier.pbx.wire import EXCERPT, excerpt, read_fault

_NOT_NOW = frozenset({408, 425, 429})
_KEY = frozenset({401, 403})
_CLIENT_ERRORS, _SERVER_ERRORS = 400, 500

_LONGEST_WISH = timedelta(days=1)
_SHORTEST_SECRET = 6
"""A shorter half of a key may stand in any text, and is hidden only as part of the whole key."""


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """What is being asked, for the messages; knows the key only to keep it out of them."""

    host: str
    route: str
    """Service and method, such as shop.Sencloud/ListCallLogs."""
    key: str

    def says(self, came: str, advice: str) -> str:
        """Return the message for `came`, which may quote the PBX."""
        return f"ask {self.host} for {self.route}: {self.hidden(came)}; {advice}"

    def hidden(self, quoted: str) -> str:
        """Return `quoted` without the key, or the secret half of it, wherever it stands."""
        secret = self.key.partition(":")[2]
        clean = quoted.replace(self.key, "[key]") if self.key else quoted
        return clean.replace(secret, "[key]") if len(secret) >= _SHORTEST_SECRET else clean

    def excerpt(self, body: bytes) -> str:
        """Return the beginning of `body` without the key."""
        # Hidden before it is cut, or the cut could leave the better half of the key standing.
        return excerpt(self.hidden(body.decode("utf-8", "replace")).encode("utf-8", "replace"))


def refusal(
    attempt: Attempt, status: int, headers: Mapping[str, str], body: bytes, *, now: datetime
) -> SourceError:
    """Return the error that an answer with another `status` than 2xx stands for."""
    code, message = (attempt.hidden(said) for said in read_fault(body))
    said = f"{status} {code}".strip() + f" ({_line(message)})" * bool(message)
    if not code and not message:
        said = f"{status} ({attempt.excerpt(body)})"
    wish = retry_after(headers.get("retry-after", ""), now)
    if status in _NOT_NOW or status >= _SERVER_ERRORS:
        return SourceUnavailable(attempt.says(f"it answered {said}", "asked again later"), wish)
    if status in _KEY:
        advice = "check source.api_key, and that source.service is of the kind that the key is for"
        return SourceRefused(attempt.says(f"it answered {said}", advice), status)
    if status < _CLIENT_ERRORS:
        return SourceNonsense(attempt.says(f"it answered {said}", "check source.base_url"), wish)
    return SourceRejected(attempt.says(f"it answered {said}", _mend(status)), status, code)


def _mend(status: int) -> str:
    if status == 404:  # noqa: PLR2004 - the figure is the name
        return "if nothing else works either, check source.base_url and source.service"
    return "the request does not suit this API: `notifier doctor` shows what does"


def _line(quoted: str) -> str:
    return " ".join(quoted.split())[:EXCERPT]


def retry_after(header: str, now: datetime) -> timedelta | None:
    """Return how long a Retry-After header, in seconds or as a date, asks to wait after `now`.

    None if there is none or it is nonsense; from zero up to a day.
    """
    wish = _span(header)
    wish = _until(header, now) if wish is None else wish
    return None if wish is None else min(max(wish, timedelta()), _LONGEST_WISH)


def _span(header: str) -> timedelta | None:
    try:
        return timedelta(seconds=min(float(header), _LONGEST_WISH.total_seconds()))
    except (ValueError, OverflowError):
        return None


def _until(date: str, now: datetime) -> timedelta | None:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (then if then.tzinfo else then.replace(tzinfo=UTC)) - now
