"""Signing webhook bodies by Standard Webhooks v1, so that receivers verify with what they have."""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
"""What a secret begins with; the rest is base64."""

SHORTEST_KEY, LONGEST_KEY = 24, 64
"""Bytes of a key, by Standard Webhooks."""


def key_of(secret: str) -> bytes:
    """Return the key inside `secret`; ValueError, which does not repeat it, if there is none."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise ValueError(
            f"cannot read a webhook secret: it must be {PREFIX} and the base64 of {SHORTEST_KEY} "
            f"to {LONGEST_KEY} random bytes; make one with `openssl rand -base64 32`"
        )
    return key


def sign(keys: Iterable[bytes], identity: str, *, at: datetime, body: bytes) -> str:
    """Return the `webhook-signature` header: one signature a key, space separated, in their order.

    `at` is the time of the attempt, aware, in any zone; `webhook-timestamp` must say `seconds(at)`.
    """
    content = f"{identity}.{seconds(at)}.".encode() + body
    digests = (hmac.digest(key, content, "sha256") for key in keys)
    return " ".join(f"v1,{b64encode(digest).decode()}" for digest in digests)


def seconds(at: datetime) -> int:
    """Return `at` as `webhook-timestamp` has it: whole seconds since 1970 in UTC."""
    return int(at.timestamp())
