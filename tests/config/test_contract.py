from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notifier.config import Config, schema
from notifier.config.model.rules import AGGREGATES
from notifier.config.nodes import Table, read_nodes
from notifier.config.not_yet import NO_EFFECT, NOT_YET
from notifier.config.problems import Path as KeyPath
from notifier.config.schema import keys_at
from notifier.config.sheet import walk
from notifier.core.rules.trials import Expected
from tests.config.files import HEAD, RULES, read, told

CONTRACT = (Path(__file__).parent / "contract.yaml").read_text(encoding="utf-8")

NAMED = {"rules", "channels", "calendars", "lists"}
"""Sections whose keys are names that the user chooses."""

FREE = {"headers", "open", "extensions", "expect", "when", "of", "reset_by"}
"""Mappings whose keys the schema describes by a pattern, or not at all."""


def test_the_contracts_example_has_only_what_is_not_yet(tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_text("phone\n0901234567\n", encoding="utf-8")

    problems = told(tmp_path, CONTRACT)

    assert [problem.split(": ", 1)[1] for problem in problems] == [
        "channels.slack.apprise: not in this version yet",
        "watchdog.heartbeat: not in this version yet",
    ]


@pytest.fixture
def contract(tmp_path: Path) -> Config:
    """Return the contract's example without what is not in this version yet."""
    (tmp_path / "vip.csv").write_text("phone\n0901234567\n", encoding="utf-8")
    lines = [line for line in CONTRACT.splitlines() if not line.startswith("  slack:")]
    text = "\n".join(lines).replace("heartbeat: {url: https://hc-ping.com/uuid, every: 1m}, ", "")
    return read(tmp_path, text)


def test_the_rest_of_the_contracts_example_works(contract: Config) -> None:
    kinds = {rule.name: type(rule.aggregate).__name__ for rule in contract.rules if rule.aggregate}

    assert len(contract.rules) == 14
    assert kinds == {
        "nho_don_dap": "Count",
        "khach_goi_3_lan": "Count",
        "may_le_khong_nghe": "Count",
        "ty_le_nho": "Ratio",
        "cuoc_qua_ngan": "Count",
        "goi_quoc_te_ngoai_gio": "Sum",
    }
    assert (len(contract.mutes), len(contract.suppress)) == (1, 1)


def test_the_contracts_inline_tests_are_trials(contract: Config) -> None:
    first, second = contract.trials

    assert first.name == "gọi lại sau 10 phút thì không báo"
    assert [call.id for call in first.calls] == ["test-1", "test-2"]
    assert first.expected == (
        Expected("chua_goi_lai", 0, None, to_the_minute=False),
        Expected("goi_nho", 1, None, to_the_minute=False),
    )
    assert second.expected == (
        Expected("chua_goi_lai", None, datetime(2026, 9, 7, 6, 10, tzinfo=UTC), to_the_minute=True),
    )


def test_the_contracts_example_is_warned_of_what_nobody_uses(contract: Config) -> None:
    assert [str(one).split(": ", 1)[1] for one in contract.warnings] == [
        "channels.screen: no rule tells it anything",
        "storage.keep: has no effect in this version yet",
        "web: has no effect in this version yet",
    ]


def test_every_key_of_the_contracts_example_is_in_the_schema() -> None:
    root, _ = read_nodes(CONTRACT.encode(), "contract.yaml")

    missing = [
        (*path, key)
        for path, node in walk(root)
        if isinstance(node, Table) and not _free(path)
        for key in node.entries
        if key not in keys_at(path)
    ]

    assert missing == []


def _free(path: KeyPath) -> bool:
    return (len(path) == 1 and path[0] in NAMED) or bool(FREE.intersection(path))


OPTIONS = {
    "count": "{at_least: 3, within: 1h, per: target, reset_by: answered}",
    "distinct": "{field: customer, at_least: 3, within: 1h}",
    "sum": "{field: duration, above: 30m, within: 1h, per: extension}",
    "ratio": "{of: missed, below: 20%, min: 10, within: 30m}",
    "spike": "{times: 3, versus: 8w, min: 10}",
    "new": "{field: customer, lookback: 30d}",
    "quiet": "{for: 45m, per: hotline}",
    "unless": "{when: answered, same: [customer], within: 15m}",
    "escalate": "[{after: 15m, to: quan_ly}]",
    "resolve": "{called_back: true}",
    "group": "{by: hotline, wait: 30s, interval: 5m}",
    "digest": "{every: 1h, per: hotline}",
    "lag": "6m",
}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_of_the_contract_works(tmp_path: Path, option: str) -> None:
    text = HEAD + f"rules: {{r: {{when: missed, {option}: {OPTIONS[option]}}}}}\n"

    assert told(tmp_path, text) == []


def test_a_report_needs_no_condition(tmp_path: Path) -> None:
    text = HEAD + "rules: {r: {report: {at: 17:35, range: week, sections: [totals, chart]}}}\n"

    assert told(tmp_path, text) == []


def test_every_option_for_several_calls_has_an_example_here() -> None:
    assert set(AGGREGATES) <= set(OPTIONS)
    assert not NOT_YET & NO_EFFECT


def test_an_option_of_later_versions_is_typed_and_refused(tmp_path: Path) -> None:
    text = HEAD + "rules: {r: {when: missed, buttons: [ack, snoze]}}\n"

    assert [problem.split(": ", 1)[1] for problem in told(tmp_path, text)] == [
        "rules.r.buttons: not in this version yet",
        "rules.r.buttons[1]: unknown value 'snoze'; did you mean snooze?",
    ]


def test_a_webhook_template_is_typed_and_refused(tmp_path: Path) -> None:
    text = HEAD.replace(
        "channels: {",
        "channels: {c: {webhook: {url: https://x.vn, secret: '${env:CRM_WEBHOOK_SECRET}', "
        "template: slak}}, ",
    )

    assert [problem.split(": ", 1)[1] for problem in told(tmp_path, text + RULES)] == [
        "channels.c.webhook.template: not in this version yet",
        "channels.c.webhook.template: unknown value 'slak'; did you mean slack?",
    ]


def objects(part: Any) -> list[dict[str, Any]]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    found = [one for each in inner for one in objects(each)]
    return [part, *found] if isinstance(part, dict) else found


def test_the_schema_describes_every_key_and_refuses_others() -> None:
    made = schema()

    sections = [one for one in objects(made) if "properties" in one and "description" in one]
    assert len(sections) > 30
    assert all(one["additionalProperties"] is False for one in sections if "when" not in one)
    models = [made, *made["$defs"].values()]
    undescribed = [
        key
        for model in models
        for key, value in model["properties"].items()
        if not {"description", "$ref"} & set(value)
    ]
    assert undescribed == []


def test_an_editor_may_see_numbers_and_flags_where_text_is_read() -> None:
    defined = schema()["$defs"]

    assert defined["Hotline"]["properties"]["number"]["type"] == ["string", "number", "boolean"]
    assert {"enum": ["off", "no", False]} in objects(defined["Rule"]["properties"]["every"])
    assert defined["Source"]["properties"]["every"]["default"] == "15s"
    assert "null" not in str(defined)


def test_a_value_may_be_a_list_of_it_in_the_schema_too(tmp_path: Path) -> None:
    to = schema()["$defs"]["Defaults"]["properties"]["to"]

    assert [one.get("type") for one in to["anyOf"]] == [["string", "number", "boolean"], "array"]
    assert read(tmp_path, HEAD + RULES).default_to == ("quan_ly",)
