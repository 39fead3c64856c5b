from pathlib import Path
from typing import TypeAlias

import pytest

from notifier.config import ConfigError
from notifier.config.environment import read_environment_file
from notifier.config.masking import masked
from notifier.config.problems import Path as KeyPath
from tests.config.files import CANARIES, HEAD, RULES, SECRET, read, read_unresolved, told

Filled: TypeAlias = dict[KeyPath, dict[str, str]]

DIRECTORY = "directory: {{hotlines: [{{number: 1900, name: {}}}]}}\n"


def named(folder: Path, written: str, **environment: str) -> str:
    text = HEAD + RULES + DIRECTORY.format(written)
    return read(folder, text, **environment).directory.hotlines[0].name


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"${env:NAME}"', "Lan"),
        ('"a ${env:NAME} b ${env:OTHER}"', "a Lan b Minh"),
        ('"${env:NONE:-x}"', "x"),
        ('"${env:NONE:-}"', ""),
        ('"${env:EMPTY:-x}"', "x"),
        ('"${env:NONE:-a:-b}"', "a:-b"),
        ('"${file:name.txt}"', "first\nsecond"),
        ("$NAME", "$NAME"),
    ],
)
def test_references_are_filled_in(tmp_path: Path, written: str, value: str) -> None:
    (tmp_path / "name.txt").write_bytes(b"first\nsecond\r\n")

    assert named(tmp_path, written, NAME="Lan", OTHER="Minh", EMPTY="") == value


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('"${env:NOPE}"', "the environment variable NOPE is not set; set it, or write it in .env"),
        ('"${NOPE}"', "'${NOPE…}' is no reference; write ${env:NAME} or ${file:path}"),
        ('"${env:a b}"', "'${env…}' is no reference; write ${env:NAME} or ${file:path}"),
        ('"${file:nope}"', "the file nope cannot be read: No such file or directory"),
        ('"${file:folder}"', "the file folder cannot be read: Is a directory"),
        ('"${file:binary}"', "the file 'binary' is not UTF-8 text, or not a path"),
        ('"${file:large}"', "the file large is larger than 65,536 bytes"),
        ('"${file:a\\0b}"', "the file 'a\\x00b' is not UTF-8 text, or not a path"),
    ],
)
def test_what_leads_nowhere_is_a_problem_at_its_place(
    tmp_path: Path, written: str, message: str
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "large").write_bytes(b"x" * 70_000)

    (tmp_path / "folder").mkdir()

    problems = told(tmp_path, HEAD + RULES + DIRECTORY.format(written))

    assert problems == [f"rules.yaml:7:45: directory.hotlines[0].name: {message}"]


def test_a_missing_secret_is_one_problem_and_not_two(tmp_path: Path) -> None:
    text = HEAD.replace("SENCLOUD_API_KEY", "NOPE").replace("TELEGRAM_CHAT_ID", "NADA") + RULES

    problems = told(tmp_path, text)

    assert [one.split(";")[0] for one in problems] == [
        "rules.yaml:2:19: source.api_key: the environment variable NOPE is not set",
        "rules.yaml:4:39: channels.quan_ly.telegram.chat: the environment variable NADA is not set",
    ]


def test_a_near_name_is_proposed(tmp_path: Path) -> None:
    [problem] = told(tmp_path, HEAD.replace("SENCLOUD_API_KEY", "SENCLOUD_APIKEY") + RULES)

    assert problem.endswith("; did you mean SENCLOUD_API_KEY?")


def test_the_env_file_beside_is_read_and_the_real_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("NAME=beside\nOTHER=beside\n", encoding="utf-8")

    assert named(tmp_path, '"${env:NAME} ${env:OTHER}"', OTHER="real") == "beside real"


def test_the_env_file_is_written_as_for_the_shell(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        '\ufeff# comment\n\nA=1\nexport B = two words # comment\nC=\'#1 $x\'\nD="a\\n\\"b\\"" # c\n'
        "E=\nF=a#b\nG= # nothing\n",
        encoding="utf-8",
    )

    values, problems = read_environment_file(file)

    assert problems == []
    assert values == {
        "A": "1",
        "B": "two words",
        "C": "#1 $x",
        "D": 'a\n"b"',
        "E": "",
        "F": "a#b",
        "G": "",
    }


def test_a_bad_line_of_the_env_file_is_told_without_repeating_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"TOKEN {SECRET}\nB='{SECRET}\n", encoding="utf-8")

    problems = told(tmp_path, HEAD + RULES)

    assert problems == [
        ".env:1:1: not NAME=value",
        ".env:2:1: B: the quote is not closed on its line",
    ]


def test_an_env_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff")

    assert told(tmp_path, HEAD + RULES) == [".env:1:1: is not UTF-8; save the file as UTF-8"]


def test_an_env_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()

    assert told(tmp_path, HEAD + RULES) == [".env:1:1: cannot be read: Is a directory"]


def test_without_resolving_what_is_not_there_becomes_harmless(tmp_path: Path) -> None:
    text = (
        HEAD.replace("env:", "env:NOT_")
        + "rules: {goi_nho: {when: missed, owner: '${env:NOT_1}', to: [crm, quan_ly]}}\n"
    ).replace(
        "channels: {",
        "channels: {crm: {webhook: {url: '${file:url}', secret: ['${env:NOT_2}']}}, ",
    )

    config = read_unresolved(tmp_path, text)

    assert config.telegram is not None
    assert "invalid" in repr(config.channels["crm"].endpoint.url)  # type: ignore[union-attr]
    assert config.telegram.token.reveal() == "1:placeholder"
    assert config.rules[0].owner == ""


def test_without_resolving_what_is_there_is_used(tmp_path: Path) -> None:
    config = read_unresolved(tmp_path, HEAD + RULES)

    assert config.source.api_key.reveal() == "1234:API-KEY-CANARY"


@pytest.mark.parametrize(
    "spoiled",
    [
        "rules: {a: {when: 'customer == ${env:TELEGRAM_BOT_TOKEN}'}}",
        "rules: {a: {when: '${env:TELEGRAM_BOT_TOKEN}'}}",
        "rules: {a: {when: {duration: '${env:TELEGRAM_BOT_TOKEN}'}}}",
        "rules: {a: {when: {hotline: '@${env:TELEGRAM_BOT_TOKEN}'}}}",
        "rules: {a: {when: missed, title: '{{ ${env:SENCLOUD_API_KEY} }}'}}",
        "rules: {a: {when: missed, to: '${env:CRM_WEBHOOK_SECRET}'}}",
        "rules: {a: {when: missed, every: '${env:CRM_WEBHOOK_SECRET}'}}",
        "rules: {a: {when: missed, key: 'x ${env:CRM_WEBHOOK_SECRET} y'}}",
        "rules: '${env:CRM_WEBHOOK_SECRET}'",
        "rules: {a: {when: missed}}\nlists: {a: {file: '${env:SLACK_URL}'}}",
        "rules: {a: {when: missed}}\nweb: {listen: ['${env:SLACK_URL}']}",
        "rules: {a: {when: missed}}\ntimezone: ${env:SLACK_URL}",
        "rules: {a: {when: missed}}\ncalendars: {a: {open: {mon: '${env:SLACK_URL}'}}}",
        f"rules: {{a: {{when: missed, to: '{SECRET}'}}}}",
        "rules: {a: {when: missed, to: 'a b ${env:TELEGRAM_BOT_TOKEN} c d e f g h i j k l m n'}}",
        'rules: {a: {when: missed, description: ["${env:CRM_WEBHOOK_SECRET}"], key: x}}',
        "rules: {a: {when: missed}}\nstorage: {path:777000:TOKEN-CANARY}",
    ],
)
def test_no_problem_shows_a_secret(tmp_path: Path, spoiled: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, HEAD + spoiled)

    shown = str(caught.value) + repr(caught.value) + repr(caught.value.problems)
    assert not [canary for canary in CANARIES if canary in shown]
    assert "CANARY" not in shown


def test_no_repr_of_a_configuration_shows_a_secret(tmp_path: Path) -> None:
    text = (HEAD + RULES).replace(
        "channels: {",
        "channels: {crm: {webhook: {url: 'https://x.vn/HOOK-CANARY', "
        "secret: '${env:CRM_WEBHOOK_SECRET}', headers: {X-Key: HEADER-CANARY}}}, ",
    )
    text = text.replace("telegram: {token", "telegram: {proxy: 'http://u:P-CANARY@h:1', token")

    config = read(tmp_path, text)

    shown = repr(config) + str(config)
    assert "CANARY" not in shown
    assert SECRET not in shown
    assert "Secret(…)" in shown


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("'s3cret-word' is no day", "'${env:X}' is no day"),
        ("`s3cret-…` is no day", "${env:X} is no day"),
        ("s3cret-wor is no day", "does not fit here"),
        ("777000:TOKEN-CANARY and whsec_AAAA=", "… and …"),
        ("two\nlines", "two lines"),
    ],
)
def test_a_message_is_masked_whole_or_in_part(message: str, shown: str) -> None:
    filled: Filled = {("rules", "a", "when"): {"s3cret-word": "${env:X}"}}

    assert masked(message, ("rules", "b"), filled) == shown


def test_a_short_value_is_masked_only_where_it_stands() -> None:
    filled: Filled = {("rules", "a", "every"): {"5": "${env:X}"}}

    assert masked("'5' is none", ("rules", "a", "every"), filled) == "'${env:X}' is none"
    assert masked("5 problems", ("rules", "b"), filled) == "5 problems"
