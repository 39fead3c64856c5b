"""Where an answer goes: to the chat or to the person, new or in the place of another."""

from notifier.core.hearing import Place, Post, Speaker
from notifier.core.people import Caller, ChatKind
from notifier.core.talk import Answer


def addressed(
    answer: Answer,
    caller: Caller,
    place: Place,
    *,
    replies_to: int | None = None,
    tapped: int | None = None,
) -> Post:
    """Return `answer` on its way: silent in groups, where it replies to whoever asked.

    What is for the person alone goes to their own chat, whose id is theirs. `tapped` is the
    message with the button, whose place an answer that edits takes.
    """
    if answer.private and not caller.private:
        return Post(caller.person.id, answer)
    edits = tapped if answer.edits else None
    return Post(
        chat=place.id,
        answer=answer,
        topic=place.topic,
        replies_to=None if edits else replies_to,
        edits=edits,
        silent=not caller.private,
    )


def own_place(speaker: Speaker) -> Place:
    """Return the private chat with somebody, for a tap on a message that is in no chat of ours."""
    return Place(speaker.id, ChatKind.PRIVATE)
