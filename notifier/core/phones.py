"""Phone numbers: one form for comparing, one for reading, and masks for the rest."""

import re
from enum import StrEnum
from functools import lru_cache

import phonenumbers

REGION = "VN"
"""Numbers without a country code are Vietnamese."""

_NOT_DIGITS = re.compile(r"[^0-9+]")

_COUNTRY_BEFORE_SERVICE = re.compile(r"^(?:\+|00)?84(?=1[89]00)")
"""1800 and 1900 numbers are dialled without a country code; some switches write one even so."""

_SHORTEST = 8
"""Digits below which a number is an extension, a queue or a service code and is left alone."""


class Mask(StrEnum):
    """How much of a customer's number a channel shows."""

    FULL = "full"
    LAST3 = "last3"
    HIDDEN = "hidden"


@lru_cache(maxsize=65_536)
def normalise(number: str) -> str:
    """Return `number` so that 0…, 84… and +84… of one line are equal: E.164 where there is one.

    Extensions, 1800 and 1900 service numbers and whatever is no number are left as dialled, but
    for spaces and dots.
    """
    bare = _COUNTRY_BEFORE_SERVICE.sub("", _NOT_DIGITS.sub("", number))
    if len(bare.lstrip("+")) < _SHORTEST or bare.startswith(("1800", "1900")):
        return bare or number.strip()
    for candidate in (bare, f"+{bare}"):
        parsed = _parsed(candidate)
        if parsed is not None:
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return bare


def is_outside(number: str) -> bool:
    """Whether `number` is long enough for a line beyond the PBX: an extension is shorter."""
    return len(number) >= _SHORTEST and len(digits_of(number)) >= _SHORTEST


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


@lru_cache(maxsize=65_536)
def readable(number: str) -> str:
    """Return `number` as people here write it: 0901 234 567, or +… for a foreign one."""
    parsed = _parsed(number) if number.startswith("+") else None
    if parsed is None:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(REGION)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if home else form.INTERNATIONAL)


def shown(number: str, mask: Mask) -> str:
    """Return `number` for people, with as much hidden as `mask` says; extensions stay whole."""
    text = readable(number)
    digits = [i for i, letter in enumerate(text) if letter.isdigit()]
    if mask is Mask.FULL or len(digits) < _SHORTEST:
        return text
    kept = {*digits[:2], *digits[-3:]} if mask is Mask.LAST3 else set(digits[:2])
    return "".join(
        "x" if letter.isdigit() and i not in kept else letter for i, letter in enumerate(text)
    )


def digits_of(number: str) -> str:
    """Return only the digits of `number`, for searching by an ending."""
    return "".join(letter for letter in number if letter.isdigit())
