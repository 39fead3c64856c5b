"""Who may talk to the bot and in which chats, as the file and the tables say together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from notifier.core.access import Admins, Deed, Done
from notifier.core.alerts import Language
from notifier.core.people import Chat, ChatKind, Person, Role, a_stranger
from notifier.core.phones import Mask
from notifier.store.database import Database, Row
from notifier.store.deeds import put_deeds
from notifier.store.facts import set_fact
from notifier.store.rows import at_or_none, insert, ms_or_none

MOVED = "moved:"
"""Prefix of the facts that remember a group's new id by its old one."""

_PERSON = (
    "id", "name", "username", "role", "language", "extension", "hotlines", "listens", "quiet",
    "since_at_ms",
)  # fmt: skip
_CHAT = (
    "id", "kind", "title", "bound", "language", "mask", "hotlines", "topic", "quiet", "parked",
)  # fmt: skip


def _upsert(table: str, columns: tuple[str, ...]) -> str:
    moves = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    return insert(table, columns, ending=f"ON CONFLICT (id) DO UPDATE SET {moves}")


_PUT_PERSON = _upsert("people", _PERSON)
_PUT_CHAT = _upsert("chats", _CHAT)


@dataclass(slots=True)
class People:
    """People and chats by their ids, looked up each time: what is taken away is gone at once."""

    database: Database
    admins_of_file: frozenset[int] = frozenset()
    chats_of_file: Mapping[int, Chat] = field(default_factory=dict)
    """Chats that the file names as channels: they are bound by it."""

    def follow_file(self, admins: Iterable[int], chats: Iterable[Chat]) -> None:
        """Heed a file that was read again."""
        self.admins_of_file = frozenset(admins)
        self.chats_of_file = {chat.id: replace(chat, bound=True) for chat in chats}

    def person(
        self, identity: int, name: str, *, username: str = "", language: Language | None = None
    ) -> Person:
        """Return who has this id, by the name that they bear now; a stranger if nobody let them in.

        `language` is that of their client, for whoever has no row that says otherwise.
        """
        known = self.known(identity)
        if known is None:
            return a_stranger(identity, name, username=username, language=language)
        if (name, username) == (known.name, known.username) or not name:
            return known
        renamed = replace(known, name=name, username=username)
        self.put_person(renamed)
        return renamed

    def known(self, identity: int) -> Person | None:
        """Return who has this id; None if it is in no table and not in the file."""
        rows = self.database.run("SELECT * FROM people WHERE id = ?", (identity,))
        if rows:
            return self._person(rows[0])
        of_file = identity in self.admins_of_file
        return Person(identity, str(identity), Role.ADMIN) if of_file else None

    def with_extension(self, extension: str) -> Person | None:
        """Return who answers at an extension; None if nobody is linked to it."""
        rows = self.database.run(
            "SELECT * FROM people WHERE extension = ? AND extension <> ''", (extension,)
        )
        return self._person(rows[0]) if rows else None

    def people(self) -> list[Person]:
        """Return everybody who has a role, by name."""
        rows = self.database.run("SELECT * FROM people")
        found = {row["id"]: self._person(row) for row in rows}
        of_file = {one: Person(one, str(one), Role.ADMIN) for one in self.admins_of_file}
        everybody = {**of_file, **found}.values()
        let_in = [person for person in everybody if person.role is not Role.STRANGER]
        return sorted(let_in, key=lambda person: (person.name.casefold(), person.id))

    def admins(self) -> Admins:
        """Return who may let others in."""
        rows = self.database.run("SELECT id FROM people WHERE role = 'admin'")
        named = frozenset(int(row["id"]) for row in rows)
        return Admins(named | self.admins_of_file, self.admins_of_file)

    def put_person(self, person: Person) -> None:
        """Remember somebody; that the file makes them an admin is not remembered as a grant."""
        role = person.role
        if person.id in self.admins_of_file:
            rows = self.database.run("SELECT role FROM people WHERE id = ?", (person.id,))
            role = Role(rows[0]["role"]) if rows else Role.STRANGER
        self.database.run(
            _PUT_PERSON,
            (
                person.id,
                person.name,
                person.username,
                role.value,
                person.language.value if person.language else None,
                person.extension,
                " ".join(person.hotlines),
                int(person.listens),
                person.quiet,
                ms_or_none(person.since),
            ),
        )

    def chat(self, identity: int, kind: ChatKind, *, title: str = "") -> Chat:
        """Return the chat with this id, by the title that it has now; unbound if not known."""
        known = self.known_chat(identity)
        if known is None:
            return Chat(identity, kind, title)
        if title and title != known.title:
            self.database.run("UPDATE chats SET title = ? WHERE id = ?", (title, identity))
        return replace(known, kind=kind, title=title or known.title)

    def known_chat(self, identity: int) -> Chat | None:
        """Return the chat with this id; None if it is in no table and not in the file."""
        rows = self.database.run("SELECT * FROM chats WHERE id = ?", (identity,))
        of_file = self.chats_of_file.get(identity)
        stored = _chat(rows[0]) if rows else None
        if of_file and stored and not stored.bound:
            return replace(of_file, quiet=stored.quiet, parked=stored.parked)
        return stored or of_file

    def chats(self) -> list[Chat]:
        """Return every group and channel that is known, bound or not, by title."""
        rows = self.database.run("SELECT id FROM chats WHERE kind <> 'private'")
        known = [self.known_chat(one) for one in {*self.chats_of_file, *(r["id"] for r in rows)}]
        groups = [chat for chat in known if chat and chat.kind is not ChatKind.PRIVATE]
        return sorted(groups, key=lambda chat: (chat.title.casefold(), chat.id))

    def put_chat(self, chat: Chat) -> None:
        """Remember a chat as it is."""
        self.database.run(
            _PUT_CHAT,
            (
                chat.id,
                chat.kind.value,
                chat.title,
                int(chat.bound),
                chat.language.value if chat.language else None,
                chat.mask.value,
                " ".join(chat.hotlines),
                chat.topic,
                chat.quiet,
                chat.parked,
            ),
        )

    def park(self, chat: Chat, why: str) -> None:
        """Send nothing more to a chat because of `why`; "" to send to it again."""
        self.put_chat(replace(chat, parked=why))

    def moved(self, old: int, new: int, now: datetime) -> None:
        """Follow a group that became a supergroup: its binding goes along, its messages are void.

        All of it in one transaction; to be told a second time changes nothing.
        """
        if self.database.run("SELECT 1 FROM facts WHERE key = ?", (f"{MOVED}{old}",)):
            return
        with self.database.transaction():
            set_fact(self.database, f"{MOVED}{old}", str(new))
            if chat := self.known_chat(old):
                self.put_chat(replace(chat, id=new))
            self.database.run("DELETE FROM chats WHERE id = ?", (old,))
            self.database.run("UPDATE requests SET chat = ? WHERE chat = ?", (new, old))
            self.database.run(
                "UPDATE posts SET chat = ?, message = NULL, owed = 0 WHERE chat = ?", (new, old)
            )
            self.database.run(
                "DELETE FROM cards WHERE substr(receipt, 1, ?) = ?", (len(f"{old}:"), f"{old}:")
            )
            put_deeds(self.database, [Done(now, 0, Deed.MOVED, chat=new, detail=str(old))])

    def _person(self, row: Row) -> Person:
        of_file = row["id"] in self.admins_of_file
        return Person(
            id=row["id"],
            name=row["name"],
            role=Role.ADMIN if of_file else Role(row["role"]),
            username=row["username"],
            language=Language(row["language"]) if row["language"] else None,
            extension=row["extension"],
            hotlines=tuple(row["hotlines"].split()),
            listens=bool(row["listens"]),
            quiet=row["quiet"],
            since=at_or_none(row["since_at_ms"]),
        )


def _chat(row: Row) -> Chat:
    return Chat(
        id=row["id"],
        kind=ChatKind(row["kind"]),
        title=row["title"],
        bound=bool(row["bound"]),
        language=Language(row["language"]) if row["language"] else None,
        mask=Mask(row["mask"]),
        hotlines=tuple(row["hotlines"].split()),
        topic=row["topic"],
        quiet=row["quiet"],
        parked=row["parked"],
    )
