"""The ways in which the vendor says no, with its own codes and words."""

from notifier.simulator.model import Json

_BY_STATUS = {
    400: "invalid_argument",
    401: "unauthenticated",
    403: "permission_denied",
    404: "not_found",
    408: "deadline_exceeded",
    409: "aborted",
    412: "failed_precondition",
    429: "resource_exhausted",
    500: "internal",
    503: "unavailable",
}


class Refusal(Exception):  # noqa: N818
    """A request that is answered with an error body instead of a result."""

    def __init__(self, status: int, code: str, message: str = "", *, cause: str = "") -> None:
        super().__init__(code, message)
        self.status = status
        self.code = code
        self.message = message
        self.cause = cause

    @property
    def body(self) -> dict[str, Json]:
        """The vendor's error body; `msg` and `meta` only where there is something to say."""
        body: dict[str, Json] = {"code": self.code}
        if self.message:
            body["msg"] = self.message
        if self.cause:
            body["meta"] = {"cause": self.cause}
        return body


def code_of(status: int) -> str:
    """Return the code that the vendor sends with an HTTP status; `unknown` for any other."""
    return _BY_STATUS.get(status, "unknown")


def bad_route() -> Refusal:
    """Say that no such path, method or content type is served."""
    return Refusal(404, "bad_route")


def unauthenticated() -> Refusal:
    """Say that the key is missing, wrong, or of the other kind."""
    return Refusal(401, "unauthenticated", "api_key không hợp lệ")


def invalid(message: str) -> Refusal:
    """Say that paging, sort or dates were understood and are not allowed."""
    return Refusal(400, "invalid_argument", message)


def malformed(cause: str) -> Refusal:
    """Say that the JSON does not decode into the request."""
    return Refusal(400, "malformed", "Dữ liệu không hợp lệ", cause=cause)


def panic() -> Refusal:
    """Say that the server fell over its own feet."""
    return Refusal(500, "internal", "Internal service panic")
