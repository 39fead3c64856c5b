import re
from pathlib import Path

from notifier.config import load

ROOT = Path(__file__).parents[2]
SECRETS = {
    "SENCLOUD_API_KEY": "key",
    "TELEGRAM_BOT_TOKEN": "1:token",
    "TELEGRAM_CHAT_ID": "-1002223334445",
}


def test_the_shipped_file_runs_with_three_secrets_and_nothing_else() -> None:
    config = load(ROOT / "rules.yaml", environment=SECRETS)

    assert [rule.name for rule in config.rules] == ["goi_nho", "goi_dai", "hotline_vip"]
    assert {rule.to for rule in config.rules} == {("quan_ly",)}
    assert config.warnings == ()


def test_its_commented_examples_work_once_their_marks_are_taken_away(tmp_path: Path) -> None:
    text = (ROOT / "rules.yaml").read_text(encoding="utf-8")
    head, body = text.split("version: 1", 1)
    body = re.sub(r"^( *)# (?=[ -]|[\w\"]+:(?! \"@))", r"\1", body, flags=re.MULTILINE)
    file = tmp_path / "rules.yaml"
    file.write_text(head + "version: 1" + body, encoding="utf-8")
    (tmp_path / "vip.csv").write_text("name,phone\nAn,0901234567\n", encoding="utf-8")
    secret = {"CRM_WEBHOOK_SECRET": "whsec_" + "A" * 32}

    config = load(file, environment=SECRETS | secret)

    assert set(config.channels) == {"quan_ly", "crm", "man_hinh"}
    assert set(config.calendars) == {"gio_lam"}
    assert set(config.lists) == {"ban_hang", "vip"}
    assert [rule.name for rule in config.rules][-1] == "nho_ngoai_gio"
