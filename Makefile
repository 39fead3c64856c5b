# Every verb of the project. Each works on a fresh clone with Python 3.11 or newer, git and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

# Stamps: what is installed is as new as what says what to install.
RUNTIME   := $(VENV)/.runtime
INSTALLED := $(VENV)/.installed
LOG       := $(VENV)/last.log

PIP := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check --root-user-action ignore -c requirements.lock

# Sets that give tests their parameters have one order in all workers.
PYTEST := PYTHONHASHSEED=0 $(BIN)/python -m pytest --numprocesses auto --dist worksteal

PAGES := $(wildcard README*.md docs/*.md)
COG   := $(BIN)/cog --verbosity=1 -I . -I docs -p 'import _generate'

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint type cover bench docs format lock release
.NOTPARALLEL:

help: ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED) ## make .venv and install everything into it

demo: $(RUNTIME) ## a simulated PBX, real everything else, alerts in the terminal (ARGS='--seconds 20')
	@$(BIN)/notifier demo $(ARGS)

test: lint type ## lint, types, then all tests; pytest's closing lines come last (ARGS='-k missed')
	@rm -f .coverage
	@$(PYTEST) --cov=notifier/core --cov-branch --cov-report= $(ARGS)
ifeq ($(strip $(ARGS)),)
	@$(BIN)/coverage report --include='notifier/core/*' --fail-under=100 >$(LOG) \
		|| { cat $(LOG); echo 'notifier/core is not covered whole: every branch there needs a test' >&2; exit 1; }
endif

lint: $(INSTALLED) ## style, layers, generated pages, changelog fragments; silent when all is well
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --check --quiet . || { echo 'run: make format' >&2; exit 1; }
	@$(BIN)/lint-imports --no-logo >$(LOG) 2>&1 || { cat $(LOG) >&2; exit 1; }
	@$(COG) --check --check-fail-msg='run: make docs' $(PAGES) >$(LOG) 2>&1 || { cat $(LOG) >&2; exit 1; }
	@$(BIN)/towncrier build --draft --version next >$(LOG) 2>&1 || { cat $(LOG) >&2; exit 1; }

type: $(INSTALLED) ## mypy, strict, tests included
	@$(BIN)/mypy --no-error-summary

cover: $(INSTALLED) ## tests with what each file lacks, also as pages in htmlcov/
	@$(PYTEST) -q --cov --cov-branch --cov-report=term --cov-report=html $(ARGS)

bench: $(INSTALLED) ## each script of benchmarks/, one after the other
	@set -e; for script in benchmarks/*.py; do echo "== $$script"; PYTHONPATH=. $(BIN)/python $$script $(ARGS); done

docs: $(INSTALLED) ## rewrite what is generated in docs/, then build the site into site/
	@$(COG) -r $(PAGES)
	@$(BIN)/mkdocs build --quiet --strict

format: $(INSTALLED) ## let ruff lay out the code and repair what it can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

lock: ## write requirements.lock anew, with the newest versions that pyproject.toml allows
	@rm -rf $(VENV)/lock && $(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/pip install -qq --no-input --disable-pip-version-check -e '.[dev]'
	@{ sed -n '/^#/p' requirements.lock; $(VENV)/lock/bin/pip freeze --exclude-editable | sort -f; } >requirements.new
	@mv requirements.new requirements.lock && rm -rf $(VENV)/lock

release: $(INSTALLED) ## VERSION=26.12.0: the version, the changelog, all checks, then a wheel in dist/
	@test -n "$(VERSION)" || { echo 'say which: make release VERSION=26.12.0' >&2; exit 2; }
	@test -z "$$(git status --porcelain)" || { echo 'commit first: the tree has changes' >&2; exit 2; }
	@sed -i.old 's/^__version__ = .*/__version__ = "$(VERSION)"/' notifier/__init__.py && rm notifier/__init__.py.old
	@$(BIN)/towncrier build --yes --version $(VERSION)
	@$(MAKE) --no-print-directory docs test
	@$(BIN)/python -m pip wheel -qq --no-deps --wheel-dir dist .
	@echo 'Now: git commit -am "Release $(VERSION)" && git tag $(VERSION)'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "notifier needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo 'not there'); name another: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): pyproject.toml requirements.lock | $(BIN)/python
	@echo 'installing into $(VENV) ...'
	@$(PIP) -e .
	@touch $@

$(INSTALLED): pyproject.toml requirements.lock | $(BIN)/python
	@echo 'installing into $(VENV) ...'
	@$(PIP) -e '.[dev]'
	@touch $(RUNTIME) $@
