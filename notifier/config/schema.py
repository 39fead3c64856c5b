"""The JSON Schema of the file, for editors: from the same models that read it."""

from datetime import timedelta
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from notifier.config.model.document import Document
from notifier.config.problems import Path
from notifier.config.scalars import duration_text


class _Generator(GenerateJsonSchema):
    """Writes durations as people do."""

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401 - any field's default
        return duration_text(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of rules.yaml; a value may be typed as YAML types it."""
    made = _tidy(Document.model_json_schema(schema_generator=_Generator))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "rules.yaml"}
    return {**head, **{key: value for key, value in made.items() if key != "title"}}


def _tidy(part: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Drop titles, nulls and tags, which say nothing to an author; alternatives become anyOf."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    tidy = {
        "anyOf" if key == "oneOf" else key: _tidy(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value in (None, "", [], {}))
    }
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    choices = tidy.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        left = [choice for choice in choices if choice != {"type": "null"}]
        del tidy["anyOf"]
        tidy |= left[0] if len(left) == 1 else {"anyOf": left}
    return tidy


@cache
def _schema() -> dict[str, Any]:
    return schema()


def keys_at(path: Path) -> frozenset[str]:
    """Return the keys that the contract knows for the mapping at `path`."""
    whole = _schema()
    parts = [whole]
    for step in path:
        parts = [inner for part in parts for inner in _below(_alternatives(part, whole), step)]
    return frozenset(
        key
        for part in parts
        for one in _alternatives(part, whole)
        for key in one.get("properties", ())
    )


def _alternatives(part: dict[str, Any], whole: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in part:
        return _alternatives(whole["$defs"][part["$ref"].rsplit("/", 1)[-1]], whole)
    found = [part]
    for choice in part.get("anyOf", ()):
        found += _alternatives(choice, whole)
    return found


def _below(parts: list[dict[str, Any]], step: str | int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in parts:
        if isinstance(step, int):
            inner = [part.get("items")]
        elif step in part.get("properties", {}):
            inner = [part["properties"][step]]
        else:
            inner = [part.get("additionalProperties"), *part.get("patternProperties", {}).values()]
        found += [one for one in inner if isinstance(one, dict)]
    return found
