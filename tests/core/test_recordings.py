"""What came is a recording if it is a sound that is not too long."""

import pytest

from notifier.core.recordings import MOST_BYTES, Recording, Unheard, recording_of

SOUNDS = [
    ("audio/mpeg", b"ID3", Recording(b"ID3", "mp3")),
    ("Audio/X-WAV; charset=binary", b"RIFF", Recording(b"RIFF", "wav")),
    ("text/html", b"<html>", Unheard.NO_SOUND),
    ("", b"ID3", Unheard.NO_SOUND),
    ("audio/mpeg", b"", Unheard.NO_SOUND),
    ("audio/mpeg", bytes(MOST_BYTES), Recording(bytes(MOST_BYTES), "mp3")),
    ("audio/mpeg", bytes(MOST_BYTES + 1), Unheard.TOO_LARGE),
]


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    SOUNDS,
    ids=["mp3", "wav", "a page", "no type", "nothing", "the largest", "too large"],
)
def test_what_came_is_a_recording_or_not(
    kind: str, content: bytes, found: Recording | Unheard
) -> None:
    assert recording_of(kind, content) == found
