"""Recordings of calls as they are handed on: what is one, and why there may be none."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

MOST_BYTES = 20 * 1024 * 1024
"""Longest recording that is handed on; about 40 minutes of MP3."""

_ENDINGS = MappingProxyType(
    {
        "audio/mpeg": "mp3",
        "audio/mp3": "mp3",
        "audio/wav": "wav",
        "audio/x-wav": "wav",
        "audio/wave": "wav",
        "audio/ogg": "ogg",
        "audio/mp4": "m4a",
        "audio/x-m4a": "m4a",
        "audio/aac": "aac",
    }
)


class Unheard(StrEnum):
    """Why there is no recording; each has its sentence."""

    NONE = "none"
    """The call was not recorded, or the recording is no longer kept."""
    TOO_LARGE = "too_large"
    NO_SOUND = "no_sound"
    """What came is no sound, such as a page that asks to log in."""
    UNREACHABLE = "unreachable"
    OFF = "off"
    """Recordings are not handed on here."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The sound of a call."""

    content: bytes
    ending: str
    """Of a file's name, without its dot."""


def recording_of(content_type: str, content: bytes) -> Recording | Unheard:
    """Return what came as a recording, by its type and size; why not, if it is none."""
    ending = _ENDINGS.get(content_type.partition(";")[0].strip().lower())
    if ending is None or not content:
        return Unheard.NO_SOUND
    return Unheard.TOO_LARGE if len(content) > MOST_BYTES else Recording(content, ending)
