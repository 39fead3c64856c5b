"""What goes wrong beyond our walls, as exceptions whose message says what to do about it.

    NotifierError
    ├── SourceError                 asking the PBX came to nothing
    │   ├── SourceUnavailable       not now: ask again later
    │   │   └── SourceNonsense      what came is no answer: ask again later, all the same
    │   ├── SourceRefused           the key is not accepted: asking again does not help
    │   └── SourceRejected          the request is wrong, or not offered by this account
    └── StoreError                  it cannot remember, so it must not notify: the process stops

No message ever holds the key.
"""

from datetime import timedelta


class NotifierError(Exception):
    """Anything that the notifier raises by itself."""


class SourceError(NotifierError):
    """Asking the PBX came to nothing."""


class SourceUnavailable(SourceError):  # noqa: N818 - named for what is so, not for being an error
    """The PBX did not answer, or not now: 408, 429, 5xx, the network, a time-out."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """How long the PBX asks us to wait; None if it did not say."""


class SourceNonsense(SourceUnavailable):
    """What came is no answer: a web page, half a document, or JSON of something else."""


class SourceRefused(SourceError):  # noqa: N818 - named for what is so, not for being an error
    """The PBX does not accept the key: `status` 401, or 403 for what the account may not do."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class SourceRejected(SourceError):  # noqa: N818 - named for what is so, not for being an error
    """The PBX will not serve this request: 400 wrong, 404 not offered, 409, 412 and the like."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        """The vendor's word, such as bad_route; "" if the answer had none."""


class StoreError(NotifierError):
    """The database did not take a statement; nothing of its transaction was kept."""
