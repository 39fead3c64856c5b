"""Files for the tests of the room: a small good one, and ways to spoil it."""

import base64
from pathlib import Path

from notifier.config import Config, ConfigError, load

SECRET = "whsec_" + base64.b64encode(b"canary-canary-canary-canary-canary").decode()

ENVIRONMENT = {
    "SENCLOUD_API_KEY": "1234:API-KEY-CANARY",
    "TELEGRAM_BOT_TOKEN": "777000:TOKEN-CANARY",
    "TELEGRAM_CHAT_ID": "-1002223334445",
    "CRM_WEBHOOK_SECRET": SECRET,
    "SLACK_URL": "slack://APPRISE-CANARY/x",
}

CANARIES = ("API-KEY-CANARY", "TOKEN-CANARY", SECRET, SECRET[6:], "APPRISE-CANARY")

HEAD = """\
version: 1
source: {api_key: "${env:SENCLOUD_API_KEY}"}
telegram: {token: "${env:TELEGRAM_BOT_TOKEN}"}
channels: {quan_ly: {telegram: {chat: "${env:TELEGRAM_CHAT_ID}"}}}
defaults: {to: quan_ly}
"""
"""Five lines without rules: what follows begins at line 6."""

RULES = "rules: {goi_nho: {when: missed}}\n"


def read(folder: Path, text: str | bytes, **environment: str) -> Config:
    """Load `text` as rules.yaml in `folder`."""
    return load(written(folder, text), environment={**ENVIRONMENT, **environment})


def read_unresolved(folder: Path, text: str) -> Config:
    """Load `text` as a demo does: what is not there becomes harmless."""
    return load(written(folder, text), environment=ENVIRONMENT, resolve=False)


def written(folder: Path, text: str | bytes) -> Path:
    """Write `text` as rules.yaml in `folder`."""
    file = folder / "rules.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def told(folder: Path, text: str | bytes, **environment: str) -> list[str]:
    """Return the problems of `text` without the folder; empty if there are none."""
    try:
        read(folder, text, **environment)
    except ConfigError as error:
        return [str(problem).replace(f"{folder}/", "") for problem in error.problems]
    return []
