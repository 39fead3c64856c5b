import json
from pathlib import Path
from typing import Any

from tests.cli.desk import RULES, an_office, ask

SECTIONS = {
    "version", "timezone", "language", "source", "directory", "telegram", "lists", "calendars",
    "channels", "defaults", "rules", "mute", "suppress", "watchdog", "storage", "web", "tests",
}  # fmt: skip
"""The contract's keys of the file."""

OPTIONS = {
    "when", "during", "outside", "count", "distinct", "sum", "ratio", "spike", "new", "quiet",
    "unless", "key", "every", "group", "digest", "limit", "max_age", "stale", "settle", "lag",
    "severity", "to", "escalate", "resolve", "buttons", "title", "text", "enabled", "owner",
    "description", "report",
}  # fmt: skip
"""The contract's keys of a rule."""


def objects(node: Any) -> list[dict[str, Any]]:
    """Return every mapping in a JSON document."""
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in objects(value))]
    return [found for value in node for found in objects(value)] if isinstance(node, list) else []


def test_the_schema_is_a_json_schema_with_the_contracts_keys(tmp_path: Path) -> None:
    answer = ask(tmp_path, "rules", "schema")

    assert answer.code == 0
    schema = json.loads(answer.out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["type"] == "object"
    assert set(schema["properties"]) == SECTIONS
    assert any(set(one.get("properties", ())) == OPTIONS for one in schema["$defs"].values())


def test_every_reference_of_the_schema_leads_somewhere(tmp_path: Path) -> None:
    schema = json.loads(ask(tmp_path, "rules", "schema").out)

    led = {one["$ref"] for one in objects(schema) if "$ref" in one}
    assert led
    assert led <= {f"#/$defs/{name}" for name in schema["$defs"]}


def test_the_rules_are_listed_with_where_they_send(tmp_path: Path) -> None:
    an_office(tmp_path, RULES + "  khong_dung: {when: missed, enabled: no}\n")

    table = ask(tmp_path, "rules", "list")
    listed = ask(tmp_path, "rules", "list", "--format", "json")

    assert table.code == 0
    assert [line.split()[0] for line in table.out.splitlines()] == ["RULE", "goi_nho", "goi_dai"]
    assert json.loads(listed.out)[0] == {
        "rule": "goi_nho",
        "severity": "warning",
        "to": "quan_ly crm",
        "settle_s": 45,
        "description": "Khách gọi không gặp",
        "last_matched": None,
        "alerts_7d": None,
        "never_matched": None,
    }


def test_the_rules_are_listed_without_any_secret_being_there(tmp_path: Path) -> None:
    an_office(tmp_path, RULES.replace("${env:", "${env:NOT_SET_"))

    assert ask(tmp_path, "rules", "list").code == 0
    assert ask(tmp_path, "rules", "check").code == 2
