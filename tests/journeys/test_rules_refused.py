"""Journeys of a file that cannot be used: it changes nothing, and its owner is told once."""

from pathlib import Path

import pytest

from notifier.app.building import secrets_of
from tests.journeys.hours import HOURS
from tests.journeys.house import KEY, MINUTE, WEBHOOK, House, a_service
from tests.journeys.owner import FILE, LOOKS, RULES, at_work, refusals, what_stands
from tests.journeys.test_secrets import CANARIES, cells_with, logged

BROKEN = {
    "is no YAML": "version: 1\nrules: [",
    "is empty": "",
    "is no text": "\udcff\udcfe",
    "is a list": "- a\n- b\n",
    "nests without end": "rules: " + "[" * 5000,
    "holds one thing twice": "version: 1\nversion: 1\n",
}


async def written(house: House, text: str) -> None:
    """Put any bytes in place of the file, and let them be seen."""
    house.rules_path.write_bytes(text.encode("utf-8", "surrogateescape"))
    await house.advance(LOOKS)


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
async def test_a_file_that(tmp_path: Path, text: str) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        timers = house.rows("timers")
        await written(house, text)
        refused = refusals(house)
        house.miss("0901111111")
        house.miss("0902222222")
        await house.advance(MINUTE)
        told = house.rows("alerts", "rule = 'don_dap'")
        house.edit()
        await house.advance(LOOKS)

        assert len(refused) == 1
        assert "/rules.yaml:" in refused[0]
        assert len(told) == 1
        assert timers == []
        assert [card.splitlines()[0][0] for card in refusals(house)] == ["✅"]


WRONG = {
    "an unknown key": {"rules": RULES.replace("every: 1h", "evry: 1h")},
    "a test that fails": {
        "more": f"{HOURS}tests:\n  - name: gọi lại\n    calls: [{{at: 2026-09-07 09:00,"
        " in: 0901234567, hotline: 19001000, missed: true}]\n    expect: {don_dap: 1}\n"
    },
    "a channel that is new": {
        "rules": RULES.replace("title:", "to: [moi], title:"),
        "crm": f"{WEBHOOK % '[alert.*]'}  moi: {{telegram: {{chat: 7}}}}\n",
    },
    "a new channel for all": {
        "to": "[moi]",
        "crm": f"{WEBHOOK % '[alert.*]'}  moi: {{telegram: {{chat: 7}}}}\n",
    },
    "a new channel for what cannot be sent": {
        "send_failed": "moi",
        "crm": f"{WEBHOOK % '[alert.*]'}  moi: {{telegram: {{chat: 7}}}}\n",
    },
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_an_edit_with(tmp_path: Path, wrong: dict[str, str]) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await at_work(house)
        before = what_stands(house)["timers"]
        good = dict(house.text)
        house.edit(**wrong)
        await house.advance(LOOKS)
        refused = refusals(house)
        during = what_stands(house)["timers"]
        await house.advance(10 * MINUTE)
        later = refusals(house)
        house.edit(**{name: good.get(name, "sep") for name in wrong if name != "crm"})
        await house.advance(LOOKS)

        assert len(refused) == 1
        assert during == before
        assert later == refused
        (card,) = refusals(house)
        assert card.startswith("✅")


async def test_one_card_follows_the_owner_from_fault_to_fault(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        house.edit(rules="  don_dap: {wen: missed}")
        await house.advance(LOOKS)
        house.edit(rules="  don_dap: {when: mised}")
        await house.advance(LOOKS)

        (card,) = refusals(house)
        assert "mised" in card
        assert "wen" not in card


async def test_a_fault_that_is_mended_before_a_restart_is_over_after_it(tmp_path: Path) -> None:
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        house.edit(rules="  don_dap: {wen: missed}")
        await house.advance(LOOKS)
        await house.restart(rules=RULES)
        await house.advance(MINUTE)

        (card,) = refusals(house)
        assert card.startswith("✅")


async def test_a_file_that_was_missing_is_found_when_it_is_there(tmp_path: Path) -> None:
    more = f"{HOURS}lists:\n  vip: {{file: vip.csv, column: phone}}\n"
    async with a_service(tmp_path, **FILE) as house:
        await house.advance(MINUTE)
        house.edit(more=more)
        await house.advance(LOOKS)
        refused = refusals(house)
        (tmp_path / "vip.csv").write_text("phone\n0901111111\n", encoding="utf-8")
        await house.advance(2 * MINUTE)

        assert "vip.csv" in refused[0]
        (card,) = refusals(house)
        assert card.startswith("✅")


MISPLACED = {
    "a key in a list": ("api_key: ${env:KEY}", "api_key: [${env:KEY}]"),
    "a key as written": ("api_key: ${env:KEY}", f"api_key: [{KEY}]"),
    "a key for an address": ("https://pbx.example.vn", "${env:KEY}"),
    "a key for a span": ("timeout: 30s", "timeout: ${env:KEY}"),
    "a key for a zone": ("Asia/Ho_Chi_Minh", "${env:KEY}"),
    "a key for a language": ("language: en", "language: ${env:SECRET}"),
    "a token for a chat": ("mask: last3", "mask: ${env:TOKEN}"),
    "a token without its space": ('{token: "${env:TOKEN}"}', "{token:${env:TOKEN}}"),
    "a token that is glued to its key": (
        '{token: "${env:TOKEN}"}',
        "{token:123456:canary-telegram-token: 1}",
    ),
    "a signing secret that is none": ("secret: ${env:SECRET}", "secret: canary-in-the-url"),
    "an address that is none": ("https://crm", "ftp://crm"),
    "a header that is a list": ("canary-in-a-header", "[canary-in-a-header]"),
    "a token in a condition": ("when: missed", 'when: "caller == ${env:TOKEN}"'),
    "a token for a rule": ("when: missed", "when: ${env:TOKEN}"),
    "a token for a channel": ("severity: warning", "to: ${env:TOKEN}"),
    "a token in a title": ("severity: warning", 'title: "{{ ${env:TOKEN} }}"'),
    "text that is no YAML": ("api_key: ${env:KEY}", f'api_key: "{KEY}'),
}


@pytest.mark.parametrize("edit", MISPLACED.values(), ids=MISPLACED)
async def test_no_secret_is_shown_or_kept_of(tmp_path: Path, edit: tuple[str, str]) -> None:
    async with a_service(tmp_path, **FILE) as house:
        with logged(secrets_of(house.app.config)) as text:
            await house.advance(MINUTE)
            whole = house.rules_path.read_text(encoding="utf-8")
            await written(house, whole.replace(*edit, 1))
        refused = [card.raw for card in house.cards()]
        cells = [cell for one in CANARIES for cell in cells_with(tmp_path / "notifier.db", one)]

    assert edit[0] in whole
    assert len(refused) == 1
    assert "was not taken up" in text.getvalue()
    assert [one for one in CANARIES if one in refused[0] + text.getvalue()] == []
    assert cells == []
