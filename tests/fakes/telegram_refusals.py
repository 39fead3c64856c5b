"""How the fake Bot API refuses, and reads what it is given."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

Parameters = dict[str, Any]

T = TypeVar("T")


class RefusalError(Exception):
    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(description: str, **parameters: int) -> RefusalError:
    return RefusalError(400, f"Bad Request: {description}", **parameters)


def read(value: Any, kind: type[T]) -> T:
    """Return `value`, JSON or read already, as a `kind`; an empty one if it is none."""
    if isinstance(value, kind):
        return value
    try:
        found = json.loads(value) if value else kind()
    except (TypeError, ValueError) as error:
        raise bad_request("can't parse JSON object") from error
    return found if isinstance(found, kind) else kind()


def number(parameters: Parameters, name: str) -> int | None:
    return int(parameters[name]) if parameters.get(name) not in {None, ""} else None


def true(value: Any) -> bool:
    return str(value).lower() in {"true", "1"}


async def parameters_of(request: Request) -> Parameters:
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        given = json.loads(body or b"{}")
        return given if isinstance(given, dict) else {}
    if kind.startswith("multipart/form-data"):
        return _parts(kind, body)
    return {**request.query_params, **dict(parse_qsl(body.decode(), keep_blank_values=True))}


def _parts(kind: str, body: bytes) -> Parameters:
    """Return the fields of a multipart body; a file is a pair of its name and content."""
    whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    found: Parameters = {}
    for part in whole.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        file = part.get_filename()
        found[name] = (file, content) if file else content.decode()
    return found
