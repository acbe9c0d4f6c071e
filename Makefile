# CloudShelf's commands. Each installs what it needs; none needs root, an AWS account or Docker.
.DEFAULT_GOAL := help
.PHONY: help install local test stacks drills migrate-demo migration browser stress bench lint inventory format clean controls checkov pictures

PYTHON ?= python3
STACK ?= phase1
PORT ?= 8000
BIN := .venv/bin
TESTS ?= tests/browser
# What takes minutes, each by a target of its own.
RUNBOOKS := tests/drill/test_drills.py tests/validate
STACKS := tests/e2e tests/load $(addprefix tests/local/test_,command.py pages.py postgres.py recovery.py) tests/cost/test_revision.py
MOVES := tests/migration/driver/test_living_shop.py tests/migration/engine
STORMS := tests/fuzz tests/functions/test_throttling.py tests/stress
LONG := tests/browser $(RUNBOOKS) $(STACKS) $(MOVES) $(STORMS)

help:  ## Say what there is.
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/tools: constraints.txt requirements.txt requirements-local.txt functions/requirements.txt functions/requirements-runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else f"Python {sys.version.split()[0]} is not supported: use make PYTHON=python3.11, 3.12 or 3.13")'
	@echo "Installing into .venv (about a minute the first time) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-local.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(BIN)/python -m cloudshelf.local.ahead
	@$(BIN)/python -m compileall -q __main__.py config_reader.py settings.py phases components functions cloudshelf
	@touch $@

.venv/development: .venv/tools requirements-dev.txt
	@echo "Installing what the tests and linters need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

install: .venv/tools  ## Put everything into .venv, the cloudshelf command included.

local: .venv/tools  ## Open the shop on this machine: STACK=phase1, PORT=8000.
	@$(BIN)/cloudshelf local --stack $(STACK) --port $(PORT)

test: .venv/development  ## Run the tests, but those that take minutes: stacks, browser, drills, migration and stress have them.
	@$(BIN)/python -m pytest -n 3 --dist loadgroup $(addprefix --ignore ,$(LONG))
	@echo 'Not among them: each stack from its start to its end (make stacks), the storefront in Chromium (make browser),'
	@echo 'runbooks and validation (make drills), shops moved and moved back under load (make migration), far too many'
	@echo 'requests at once, right ones and wrong ones (make stress).'

stacks: .venv/development  ## Start each stack and its server here, shop from end to end, stop in every way; make a stack of an older commit.
	@$(BIN)/python -m pytest -q -n 3 --dist loadgroup $(STACKS)

browser: .venv/development  ## Run the storefront's tests in Chromium; skipped with a message where there is none.
	@$(BIN)/python -m pytest $(TESTS)

drills: .venv/development  ## Carry out every runbook on a local cloud with shoppers who buy meanwhile, and validate the stacks.
	@$(BIN)/python -m pytest -q -n 2 $(RUNBOOKS)

stress: .venv/development  ## Thousands of requests made up from the contract (FUZZ_EXAMPLES=8 of each kind), and storms of shoppers.
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup $(STORMS)

.venv/bench: .venv/tools requirements-bench.txt
	@echo "Installing what is measured against ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

bench: .venv/bench  ## Measure against references of the same run: QUICK=1 for under five minutes, BENCHMARKS="checkout search" for some.
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(BENCHMARKS)

lint: .venv/development .venv/bench  ## Check format, style and types.
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

migrate-demo: .venv/tools  ## Move a shop from phase1 to phase2 on this machine while shoppers buy, and write the report.
	@$(BIN)/cloudshelf migrate demo --port $(PORT)

migration: .venv/development  ## Move a shop between two local stacks under load, back from every step; and cut a move off after every call.
	@$(BIN)/python -m pytest -q $(MOVES)

controls: .venv/development  ## Say which security controls each phase passes, and what is excepted and why.
	@$(BIN)/python -m cloudshelf.controls

.build/checkov/installed: requirements-checkov.txt
	@echo "Installing checkov, in an environment of its own ..."
	@$(PYTHON) -m venv .build/checkov
	@.build/checkov/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-checkov.txt
	@touch $@

checkov: .venv/development .build/checkov/installed  ## Have checkov look at each stack's plan.
	@$(BIN)/python -m cloudshelf.checkov .build/checkov/bin/checkov

inventory: .venv/development  ## Write down what each stack consists of, for git.
	@UPDATE_INVENTORY=1 $(BIN)/python -m pytest -q tests/infra -k inventory

pictures: .venv/tools  ## Draw the documentation's pictures and cost tables anew.
	@$(BIN)/python -m cloudshelf.documents

format: .venv/development  ## Put the sources into the project's format.
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

clean:  ## Remove what was installed and built.
	@rm -rf .venv .build .local .mypy_cache .pytest_cache .ruff_cache .hypothesis
