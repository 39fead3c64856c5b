"""Every sentence a person reads, in Vietnamese and in English."""

from notifier.core.alerts import Language
from notifier.text.book import Book
from notifier.text.en import SENTENCES as EN
from notifier.text.vi import SENTENCES as VI

__all__ = ["Book", "book"]

_BOOKS = {Language.VI: Book(VI), Language.EN: Book(EN)}


def book(language: Language) -> Book:
    """Return the sentences of `language`, a `notifier.core.messages.Phrases`."""
    return _BOOKS[language]
