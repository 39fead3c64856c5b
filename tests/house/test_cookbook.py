import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from notifier.app.rulebook import engine_of
from notifier.config.loading import load
from notifier.config.model.rules import AGGREGATES
from notifier.config.settings import Config
from notifier.core.rules.proving import prove
from notifier.core.rules.rehearsals import Rehearsal
from tests.house.tree import DOCS, blocks, name, text

ENGLISH, VIETNAMESE = DOCS / "rules.md", DOCS / "rules.vi.md"

OPTIONS = {*AGGREGATES, "unless", "report", "resolve", "escalate", "every", "group", "digest"}
"""What of rules the cookbook must show."""

WORDS = ("title", "text", "reason", "name", "language")
"""Keys whose values people read, and which are therefore in the language of the page."""

FORM = re.compile(
    r".*\n\n```yaml\n(rules:.*?)```\n\n(.*?)\n\n```yaml\n(tests:.*?)```\n+", re.DOTALL
)
"""A question, its rules, what comes of them, and their tests."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Rules of a page with what is said of them, their tests, and the file around all of it."""

    page: Path
    around: str
    rules: str
    prose: str
    tests: str

    def __str__(self) -> str:
        return f"{name(self.page)}-{next(iter(self.written['rules']))}"

    @property
    def file(self) -> str:
        around, _ = self.around.split("\nrules:")
        return f"{around}\n{self.rules}\n{self.tests}"

    @property
    def written(self) -> dict[str, dict[str, object]]:
        """What its file says, as texts."""
        return yaml.load(self.file, yaml.BaseLoader)  # type: ignore[no-any-return]  # noqa: S506 - texts only

    @property
    def shown(self) -> set[str]:
        """Titles of messages that the page shows, but for those it shows in part."""
        return {title for title in re.findall(r"\*\*(.+?)\*\*", self.prose) if "…" not in title}


def recipes(page: Path) -> list[Recipe]:
    """Return the recipes of `page`: one under each question."""
    around = next(block.body for block in blocks("yaml") if block.page == page)
    sections = re.split(r"^### \d+\. ", text(page), flags=re.MULTILINE)[1:]
    found = map(FORM.fullmatch, sections)
    return [Recipe(page, around, *match.groups()) for match in found if match]


RECIPES = [*recipes(ENGLISH), *recipes(VIETNAMESE)]


def loaded(recipe: Recipe, folder: Path) -> Config:
    file = folder / "rules.yaml"
    file.write_text(recipe.file, encoding="utf-8")
    return load(file, environment={}, resolve=False)


def titles(config: Config) -> set[str]:
    """Return what the alerts of the file's tests are called, in the file's language."""
    found: set[str] = set()
    for trial in config.trials:
        run = Rehearsal(engine_of(config, lag=timedelta()))
        run.begin(trial.calls[0].started_at)
        for call in sorted(trial.calls, key=lambda call: trial.seen[call.id]):
            run.see(call, trial.seen[call.id])
        run.finish(max(trial.seen.values()) + timedelta(days=1))
        found |= {alert.title[config.language] for alert in run.alerts}
    return found


def without_words(said: object) -> object:
    if isinstance(said, dict):
        return {key: without_words(said[key]) for key in said if key not in WORDS}
    return [without_words(one) for one in said] if isinstance(said, list) else said


@pytest.mark.parametrize("page", [ENGLISH, VIETNAMESE], ids=name)
def test_each_question_of_the_cookbook_has_rules_an_answer_and_tests(page: Path) -> None:
    questions = re.findall(r"^### \d+\. ", text(page), re.MULTILINE)

    assert len(recipes(page)) == len(questions)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_rule_of_the_cookbook_does_what_its_test_says(recipe: Recipe, tmp_path: Path) -> None:
    config = loaded(recipe, tmp_path)

    shortfalls = prove(engine_of(config), config.trials, config.mutes)

    assert shortfalls == []


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_rule_of_the_cookbook_says_what_the_page_shows(recipe: Recipe, tmp_path: Path) -> None:
    config = loaded(recipe, tmp_path)

    said = titles(config)

    assert recipe.shown <= said


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_the_tests_of_the_cookbook_speak_of_each_rule(recipe: Recipe, tmp_path: Path) -> None:
    config = loaded(recipe, tmp_path)

    spoken_of = {expected.rule for trial in config.trials for expected in trial.expected}

    assert spoken_of == {rule.name for rule in config.rules}


def test_the_cookbook_is_the_same_in_both_languages() -> None:
    cookbooks = [recipes(ENGLISH), recipes(VIETNAMESE)]

    english, vietnamese = [
        [without_words(recipe.written) for recipe in cookbook] for cookbook in cookbooks
    ]

    assert english == vietnamese


@pytest.mark.parametrize("page", [ENGLISH, VIETNAMESE], ids=name)
def test_the_cookbook_shows_every_kind_of_rule(page: Path) -> None:
    rules = "".join(recipe.rules for recipe in recipes(page))

    shown = set(re.findall(r"\b(\w+):", rules))

    assert {*OPTIONS, "suppress", "mute"} - shown == set()
