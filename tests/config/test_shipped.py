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

    names = [rule.name for rule in config.rules]
    assert names == ["goi_nho", "goi_dai", "hotline_vip", "chua_goi_lai"]
    assert {rule.to for rule in config.rules} == {("quan_ly",)}
    assert config.warnings == ()


def test_the_shipped_file_tests_itself() -> None:
    config = load(ROOT / "rules.yaml", environment=SECRETS)

    expected = [one.rule for trial in config.trials for one in trial.expected]
    assert expected == ["goi_nho", "chua_goi_lai", "chua_goi_lai"]


def test_its_commented_examples_work_once_their_marks_are_taken_away(tmp_path: Path) -> None:
    text = (ROOT / "rules.yaml").read_text(encoding="utf-8")
    head, body = text.split("version: 1", 1)
    body = re.sub(r"^( *)# (?=[ -]|[\w\"]+:(?! \"@))", r"\1", body, flags=re.MULTILINE)
    file = tmp_path / "rules.yaml"
    file.write_text(head + "version: 1" + body, encoding="utf-8")
    (tmp_path / "vip.csv").write_text("name,phone\nAn,0901234567\n", encoding="utf-8")
    secret = {"CRM_WEBHOOK_SECRET": "whsec_" + "A" * 32}

    config = load(file, environment=SECRETS | secret)

    assert set(config.channels) == {"quan_ly", "crm", "giam_doc", "man_hinh"}
    assert set(config.calendars) == {"gio_lam"}
    assert set(config.lists) == {"ban_hang", "vip"}
    assert [rule.name for rule in config.rules][4:] == [
        "nho_ngoai_gio",
        "nho_don_dap",
        "ty_le_nho",
        "hotline_im_lang",
        "khach_vip_nho",
        "bao_cao_ngay",
    ]
    assert (len(config.mutes), len(config.suppress)) == (1, 1)
