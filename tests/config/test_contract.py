from pathlib import Path
from typing import Any

import pytest

from notifier.config import schema
from notifier.config.nodes import Table, read_nodes
from notifier.config.not_yet import NO_EFFECT, NOT_YET
from notifier.config.problems import Path as KeyPath
from notifier.config.schema import keys_at
from notifier.config.sheet import walk
from tests.config.files import HEAD, RULES, read, told

CONTRACT = (Path(__file__).parent / "contract.yaml").read_text(encoding="utf-8")

NAMED = {"rules", "channels", "calendars", "lists"}
"""Sections whose keys are names that the user chooses."""

FREE = {"headers", "open", "extensions", "expect", "when", "of", "reset_by"}
"""Mappings whose keys the schema describes by a pattern, or not at all."""


def test_the_contracts_example_has_only_what_is_not_yet(tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_text("phone\n0901234567\n", encoding="utf-8")

    problems = told(tmp_path, CONTRACT)

    assert all(problem.endswith(": not in this version yet") for problem in problems)
    assert [problem.split(": ")[1] for problem in problems] == [
        "channels.slack.apprise",
        "rules.chua_goi_lai.unless",
        "rules.chua_goi_lai.escalate",
        "rules.chua_goi_lai.resolve",
        "rules.nho_don_dap.count",
        "rules.khach_goi_3_lan.count",
        "rules.may_le_khong_nghe.count",
        "rules.ty_le_nho.ratio",
        "rules.hotline_im_lang.quiet",
        "rules.cuoc_qua_ngan.count",
        "rules.goi_quoc_te_ngoai_gio.sum",
        "rules.ngoai_gio.digest",
        "rules.bao_cao_ngay.report",
        "mute",
        "suppress",
        "watchdog.heartbeat",
        "tests",
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
    "spike": "{times: 3, versus: week, min: 10}",
    "new": "{field: customer, lookback: 30d}",
    "quiet": "{for: 45m, per: hotline}",
    "unless": "{when: answered, same: [customer], within: 15m}",
    "escalate": "[{after: 15m, to: quan_ly}]",
    "resolve": "{called_back: true}",
    "group": "{by: hotline, wait: 30s, interval: 5m}",
    "digest": "{every: 1h, per: hotline}",
    "report": "{at: 17:35, range: today, sections: [totals, chart]}",
    "buttons": "[ack, snooze, done]",
    "lag": "6m",
}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_of_later_versions_is_typed_and_refused(tmp_path: Path, option: str) -> None:
    text = HEAD + f"rules: {{r: {{when: missed, {option}: {OPTIONS[option]}}}}}\n"

    assert told(tmp_path, text) == [f"rules.yaml:6:27: rules.r.{option}: not in this version yet"]
    assert ("rules", "*", option) in NOT_YET


def test_every_refused_option_has_an_example_here() -> None:
    assert {path[-1] for path in NOT_YET if path[0] == "rules"} == set(OPTIONS)
    assert not NOT_YET & NO_EFFECT


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
