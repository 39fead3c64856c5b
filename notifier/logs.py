"""One event a line, plain or JSON, with secrets and telephone numbers taken out at one place."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TextIO

_TOKEN = re.compile(r"bot\d{5,}:[A-Za-z0-9_-]{10,}")
"""A Telegram bot's token, as it stands in the URLs of its API."""

_SIGNING = re.compile(r"whsec_[A-Za-z0-9+/=]+")

_NUMBER = re.compile(r"(?<![\dA-Za-z.-])(\+?\d{2})\d{4,8}(\d{3})(?![\dA-Za-z])")
"""Nine to thirteen digits: a telephone number. Ids of calls have nineteen and stay."""

QUIET = MappingProxyType(
    {
        **dict.fromkeys(("httpx", "httpcore", "uvicorn", "asyncio", "hpack"), logging.WARNING),
        # a traceback for each answer that is no JSON, which the dispatcher reports in a line
        "telegram": logging.CRITICAL,
    }
)
"""Libraries that log addresses with tokens in them at INFO, or too much; and from which level."""

_SHORTEST_SECRET = 4

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Redactor:
    """Takes out what must not be read: known secrets, tokens by their shape, and numbers."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        known |= {json.dumps(secret)[1:-1] for secret in known}  # as it stands in a line of JSON
        self._secrets = sorted(known, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return `text` without secrets and with numbers masked."""
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        text = _TOKEN.sub("bot[secret]", text)
        text = _SIGNING.sub("whsec_[secret]", text)
        return _NUMBER.sub(r"\1xxxx\2", text)


class Lines(logging.Formatter):
    """Formats a record as one line of text or of JSON."""

    def __init__(self, redact: Redactor, *, as_json: bool) -> None:
        super().__init__()
        self._redact = redact
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of `record`, redacted."""
        at = datetime.fromtimestamp(record.created, UTC)
        facts = {name: value for name, value in vars(record).items() if name not in _OWN}
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        line = self._json if self._as_json else self._text
        return self._redact(line(at, record, facts, trace))

    def _json(
        self, at: datetime, record: logging.LogRecord, facts: dict[str, object], trace: str
    ) -> str:
        said: dict[str, object] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": record.name.removeprefix("notifier."),
            "event": record.getMessage(),
            **facts,
        }
        if trace:
            said["trace"] = trace
        return json.dumps(said, ensure_ascii=False, default=str)

    def _text(
        self, at: datetime, record: logging.LogRecord, facts: dict[str, object], trace: str
    ) -> str:
        told = " ".join(f"{name}={_shown(value)}" for name, value in facts.items())
        stamp = at.astimezone().strftime("%H:%M:%S")
        line = f"{stamp} {record.levelname.lower():7} {record.getMessage()} {told}".rstrip()
        return f"{line}\n{trace}" if trace else line


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return json.dumps(text, ensure_ascii=False) if " " in text else text


def set_up(
    level: str,
    *,
    as_json: bool,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every record of `level` (debug, info, warning) and above to `stream`, else stderr."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(Redactor(secrets), as_json=as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
