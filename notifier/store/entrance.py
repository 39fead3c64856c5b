"""How people and groups come in: requests, invitations, and the messages that tell of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.access import AccessRequest, Done, Owing, RequestState, Step
from notifier.core.alerts import Language
from notifier.core.people import Invitation, Role
from notifier.store.database import Database, Row
from notifier.store.deeds import deeds, put_deeds, wrong_codes
from notifier.store.people import People
from notifier.store.rows import at, at_or_none, insert, ms, ms_or_none

KEPT = timedelta(days=2)
"""How long an invitation is known after its end: for as long as an update may be handled again."""

_REQUEST = (
    "id", "person", "name", "username", "language", "chat", "title", "asked_at_ms", "state", "role",
    "decided_by", "decided_at_ms", "leaves_at_ms",
)  # fmt: skip
_PUT_REQUEST = insert(
    "requests",
    _REQUEST,
    ending="ON CONFLICT (id) DO UPDATE SET state = excluded.state, role = excluded.role,"
    " decided_by = excluded.decided_by, decided_at_ms = excluded.decided_at_ms,"
    " leaves_at_ms = excluded.leaves_at_ms",
)
_PUT_INVITATION = insert(
    "invitations",
    ("hash", "role", "author", "until_ms", "used_by", "extension", "hotlines"),
    ending="ON CONFLICT (hash) DO UPDATE SET used_by = excluded.used_by WHERE used_by IS NULL",
)
_TELL = (
    "INSERT INTO posts VALUES (?, ?, NULL, 1) ON CONFLICT (request, chat) DO UPDATE SET owed = 1"
)


@dataclass(slots=True)
class Entrance:
    """The tables of requests, invitations, posts and deeds."""

    database: Database
    people: People

    def record(self, step: Step, now: datetime) -> None:
        """Write down all that follows from an act, in one transaction.

        Raises:
            StoreError: SQLite refused; nothing of the step was kept.
        """
        with self.database.transaction():
            for person in step.people:
                self.people.put_person(person)
            for chat in step.chats:
                self.people.put_chat(chat)
            for request in step.requests:
                self._put_request(request)
            for invitation in step.invitations:
                self._put_invitation(invitation, now)
            for told in step.tell:
                self.database.run(_TELL, told)
            put_deeds(self.database, step.done)

    def request(self, identity: str) -> AccessRequest | None:
        """Return one request; None if there is none with this id."""
        rows = self.database.run("SELECT * FROM requests WHERE id = ?", (identity,))
        return _request(rows[0]) if rows else None

    def asked_by(self, person: int) -> list[AccessRequest]:
        """Return what somebody has asked for so far, oldest first."""
        rows = self.database.run(
            "SELECT * FROM requests WHERE person = ? ORDER BY asked_at_ms, id", (person,)
        )
        return [_request(row) for row in rows]

    def open_of_chat(self, chat: int) -> AccessRequest | None:
        """Return the request of a group that nobody has decided; None if there is none."""
        rows = self.database.run(
            "SELECT * FROM requests WHERE chat = ? AND state = 'open'", (chat,)
        )
        return _request(rows[0]) if rows else None

    def undecided(self) -> list[AccessRequest]:
        """Return the requests that nobody has decided, oldest first."""
        rows = self.database.run(
            "SELECT * FROM requests WHERE state = 'open' ORDER BY asked_at_ms, id"
        )
        return [_request(row) for row in rows]

    def invitation(self, hashed: str) -> Invitation | None:
        """Return the invitation whose secret has this hash; None if there is none."""
        rows = self.database.run("SELECT * FROM invitations WHERE hash = ?", (hashed,))
        return _invitation(rows[0]) if rows else None

    def forget_first_run(self) -> None:
        """Let no earlier code for the first admin open anything."""
        self.database.run("DELETE FROM invitations WHERE author = '' AND used_by IS NULL")

    def owed(self) -> list[Owing]:
        """Return the messages that are to be sent or edited."""
        rows = self.database.run(
            "SELECT p.chat AS told, p.message, r.* FROM posts p JOIN requests r"
            " ON r.id = p.request WHERE p.owed = 1 ORDER BY p.request, p.chat"
        )
        return [Owing(_request(row), row["told"], row["message"]) for row in rows]

    def posted(self, owing: Owing, message: int | None) -> None:
        """Note that a message shows `owing`; None where it cannot be sent, and is given up.

        If the request has gone on meanwhile, the message is owed again.
        """
        self.database.run(
            "UPDATE posts SET message = ?, owed = (SELECT state <> ? FROM requests WHERE id = ?)"
            " WHERE request = ? AND chat = ?",
            (
                message,
                owing.request.state.value,
                owing.request.id,
                owing.request.id,
                owing.chat,
            ),
        )

    def leaving(self, now: datetime) -> list[AccessRequest]:
        """Return the requests of groups that are to be left by `now`."""
        rows = self.database.run(
            "SELECT * FROM requests WHERE leaves_at_ms <= ? ORDER BY leaves_at_ms", (ms(now),)
        )
        return [_request(row) for row in rows]

    def deeds(self, *, person: int = 0, most: int) -> list[Done]:
        """Return what somebody did and what was done to them, newest first; 0 for everybody's."""
        return deeds(self.database, person=person, most=most)

    def wrong_codes(self, person: int, since: datetime) -> int:
        """Return how many codes of somebody opened nothing after `since`."""
        return wrong_codes(self.database, person, since)

    def _put_request(self, request: AccessRequest) -> None:
        self.database.run(
            _PUT_REQUEST,
            (
                request.id,
                request.person,
                request.name,
                request.username,
                request.language.value if request.language else None,
                request.chat,
                request.title,
                ms(request.asked_at),
                request.state.value,
                request.role.value if request.role else None,
                request.decided_by,
                ms_or_none(request.decided_at),
                ms_or_none(request.leaves_at),
            ),
        )
        self.database.run("UPDATE posts SET owed = 1 WHERE request = ?", (request.id,))

    def _put_invitation(self, invitation: Invitation, now: datetime) -> None:
        self.database.run("DELETE FROM invitations WHERE until_ms < ?", (ms(now - KEPT),))
        self.database.run(
            _PUT_INVITATION,
            (
                invitation.hash,
                invitation.role.value,
                invitation.by,
                ms(invitation.until),
                invitation.used_by,
                invitation.extension,
                " ".join(invitation.hotlines),
            ),
        )


def _request(row: Row) -> AccessRequest:
    return AccessRequest(
        id=row["id"],
        person=row["person"],
        name=row["name"],
        asked_at=at(row["asked_at_ms"]),
        username=row["username"],
        language=Language(row["language"]) if row["language"] else None,
        chat=row["chat"],
        title=row["title"],
        state=RequestState(row["state"]),
        role=Role(row["role"]) if row["role"] else None,
        decided_by=row["decided_by"],
        decided_at=at_or_none(row["decided_at_ms"]),
        leaves_at=at_or_none(row["leaves_at_ms"]),
    )


def _invitation(row: Row) -> Invitation:
    return Invitation(
        hash=row["hash"],
        role=Role(row["role"]),
        by=row["author"],
        until=at(row["until_ms"]),
        used_by=row["used_by"],
        extension=row["extension"],
        hotlines=tuple(row["hotlines"].split()),
    )
