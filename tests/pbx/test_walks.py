from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from notifier.core.errors import SourceUnavailable
from notifier.core.pages import EVERY_CALL, CallFilter, Page, WalkEnd
from notifier.pbx.walks import Walk
from tests.builders import a_call

LIMIT = 2


def a_page(*ids: str, next_: str, limit: int = LIMIT) -> Page:
    calls = tuple(replace(a_call(), id=identity) for identity in ids)
    return Page(calls, (), next_, "p", len(calls), limit)


@dataclass
class Book:
    """Pages in order; asked beyond its end it is unavailable."""

    pages: list[Page]
    asked: list[str] = field(default_factory=list)

    async def page(
        self,
        *,
        after: str = "",
        limit: int = LIMIT,
        filter: CallFilter = EVERY_CALL,  # noqa: A002
    ) -> Page:
        assert (limit, filter) == (LIMIT, EVERY_CALL)
        self.asked.append(after)
        if not self.pages:
            raise SourceUnavailable("down")
        return self.pages.pop(0)


def a_walk(book: Book, *, stop_at: str = "", cap: int = 5) -> Walk:
    def stop(page: Page) -> bool:
        return any(call.id == stop_at for call in page.calls)

    return Walk(book, stop, filter=EVERY_CALL, limit=LIMIT, cap=cap)


def ids(pages: Iterable[Page]) -> str:
    return "".join(call.id for page in pages for call in page.calls)


FULL = [a_page("1", "2", next_="b"), a_page("3", "4", next_="d"), a_page("5", "6", next_="f")]


@pytest.mark.parametrize(
    ("pages", "seen", "asked", "ended"),
    [
        pytest.param(FULL, "1234", ["", "b"], WalkEnd.STOPPED, id="told to stop"),
        pytest.param([a_page(next_="")], "", [""], WalkEnd.LAST, id="an empty log"),
        pytest.param([a_page(next_="x")], "", [""], WalkEnd.LAST, id="an empty page with a cursor"),
        pytest.param([FULL[0], a_page(next_="")], "12", ["", "b"], WalkEnd.LAST, id="an empty one"),
        pytest.param([a_page("1", next_="a")], "1", [""], WalkEnd.LAST, id="a short page"),
        pytest.param([a_page("1", "2", next_="")], "12", [""], WalkEnd.LAST, id="no cursor"),
        pytest.param(
            [a_page("1", next_="a", limit=1), a_page(next_="", limit=1)],
            "1",
            ["", "a"],
            WalkEnd.LAST,
            id="a full page of a lower limit",
        ),
        pytest.param(
            [a_page("1", next_="a", limit=0)],
            "1",
            [""],
            WalkEnd.LAST,
            id="a limit that is not said",
        ),
        pytest.param(
            [FULL[0], a_page("1", "2", next_="b")],
            "1212",
            ["", "b"],
            WalkEnd.REPEATED,
            id="the same cursor again",
        ),
        pytest.param(
            [FULL[0], a_page("5", "6", next_="d"), a_page("1", "2", next_="b")],
            "125612",
            ["", "b", "d"],
            WalkEnd.REPEATED,
            id="a ring of cursors",
        ),
        pytest.param(
            [a_page("1", "2", next_=str(n)) for n in range(9)],
            "12" * 5,
            ["", "0", "1", "2", "3"],
            WalkEnd.CAPPED,
            id="pages without end",
        ),
    ],
)
async def test_a_walk_ends(pages: list[Page], seen: str, asked: list[str], ended: WalkEnd) -> None:
    book = Book(list(pages))
    walk = a_walk(book, stop_at="4")

    found = [page async for page in walk]

    assert (ids(found), book.asked, walk.ended) == (seen, asked, ended)
    assert walk.pages == len(asked)


async def test_a_walk_that_ended_asks_no_more() -> None:
    book = Book([a_page("1", next_="a")])
    walk = a_walk(book)
    first = [page async for page in walk]

    again = [page async for page in walk]

    assert (len(first), again, book.asked) == (1, [], [""])


async def test_an_error_of_a_page_comes_through_and_a_page_is_asked_for_when_wanted() -> None:
    book = Book(FULL[:1])
    walk = a_walk(book)

    await anext(walk)
    assert book.asked == [""]

    with pytest.raises(SourceUnavailable):
        await anext(walk)
    assert walk.ended is None
