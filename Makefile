# CloudShelf's commands. Each installs what it needs; none needs root, an AWS account or Docker.
.DEFAULT_GOAL := help
.PHONY: help install lock authorities local test stacks drills migrate-demo migration browser stress bench engine lint inventory format clean controls checkov pictures

PYTHON ?= python3
STACK ?= phase1
PORT ?= 8000
BIN := .venv/bin
TESTS ?= tests/browser
# What takes minutes, each by a target of its own.
RUNBOOKS := tests/drill/test_drills.py tests/validate
STACKS := tests/e2e tests/load $(addprefix tests/local/test_,command.py pages.py postgres.py recovery.py) tests/cost/test_revision.py
MOVES := tests/migration/driver/test_living_shop.py tests/migration/engine
ENGINE := tests/engine/test_stacks.py
STORMS := tests/fuzz tests/functions/test_throttling.py tests/stress
LONG := tests/browser $(RUNBOOKS) $(STACKS) $(MOVES) $(ENGINE) $(STORMS)

help:  ## Say what there is.
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv verifies each file it installs against the hash in uv.lock, and trusts the certificates this machine trusts.
export UV_SYSTEM_CERTS = 1
# Progress where somebody looks at it.
UV = $(BIN)/uv $$(test -t 2 || echo --quiet)
UV_VERSION := $(shell sed -n 's/^required-version = "==\(.*\)"/\1/p' pyproject.toml)

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else f"Python {sys.version.split()[0]} is not supported: use make PYTHON=python3.11, 3.12 or 3.13")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is incomplete. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing CloudShelf into .venv and .build: about 150 MB to download, 550 MB on disk, a minute or two ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"

.venv/tools: pyproject.toml uv.lock $(wildcard functions/*requirements*.txt functions/*/requirements.txt) | .venv/bin/uv
	@echo "1/2 Libraries, as uv.lock has them ..."
	@$(UV) sync --frozen --inexact
	@echo "2/2 The functions' artefacts and compiled code ..."
	@$(BIN)/python -m cloudshelf.local.ahead
	@touch $@

.venv/development: .venv/tools
	@echo "Installing what the tests, linters and benchmarks need: about 100 MB to download, 350 MB on disk ..."
	@$(UV) sync --frozen --inexact --group dev
	@touch $@

install: .venv/tools  ## Put everything into .venv, the cloudshelf command included.

local: .venv/tools  ## Open the shop on this machine: STACK=phase1, PORT=8000.
	@$(BIN)/cloudshelf local $(STACK) --port $(PORT)

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

bench: .venv/development  ## Measure against references of the same run: QUICK=1 for under five minutes, BENCHMARKS="checkout search" for some.
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(BENCHMARKS)

engine: .venv/development  ## Make, change and destroy each stack with the Pulumi CLI in a local cloud; skipped with a message without one.
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup $(ENGINE)

lint: .venv/development  ## Check format, style and types.
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

migrate-demo: .venv/tools  ## Move a shop from phase1 to phase2 on this machine while shoppers buy, and write the report.
	@$(BIN)/cloudshelf migrate demo --port $(PORT)

migration: .venv/development  ## Move a shop between two local stacks under load, back from every step; and cut a move off after every call.
	@$(BIN)/python -m pytest -q $(MOVES)

controls: .venv/development  ## Say which security controls each phase passes, and what is excepted and why.
	@$(BIN)/python -m cloudshelf.controls

.build/checkov/installed: uv.lock | .venv/tools
	@echo "Installing checkov and cfn-lint, in an environment of their own: about 300 MB on disk ..."
	@UV_PROJECT_ENVIRONMENT=.build/checkov $(UV) sync --frozen --only-group checkov
	@touch $@

checkov: .venv/development .build/checkov/installed  ## Have checkov look at each stack's plan, and cfn-lint at its policies and state machines.
	@$(BIN)/python -m cloudshelf.checkov .build/checkov/bin/checkov
	@$(BIN)/python -m cloudshelf.cfn_lint .build/checkov/bin/cfn-lint

inventory: .venv/development  ## Write down what each stack consists of, for git.
	@UPDATE_INVENTORY=1 $(BIN)/python -m pytest -q tests/infra -k inventory

pictures: .venv/tools  ## Draw the documentation's pictures and cost tables anew.
	@$(BIN)/python -m cloudshelf.documents

# What is installed without uv: by Pulumi for the program and the policy pack, by pip for the functions' artefacts.
EXPORT = $(BIN)/uv export --quiet --frozen --no-header --no-annotate --format requirements-txt
lock: .venv/tools  ## Resolve pyproject.toml's dependencies anew into uv.lock (LOCK=--upgrade for newer versions), and export what pip installs.
	@$(BIN)/uv lock --quiet $(LOCK)
	@$(EXPORT) --only-group program -o requirements.txt >/dev/null
	@$(EXPORT) --only-group policies -o policies/requirements.txt >/dev/null
	@$(EXPORT) --only-group functions -o functions/requirements.txt >/dev/null
	@$(EXPORT) --only-group authorizer -o functions/authorizer/requirements.txt >/dev/null
	@$(EXPORT) --only-group runtime -o functions/requirements-runtime.txt >/dev/null

authorities: .venv/tools  ## Fetch AWS's certificate authorities of RDS anew, as for a region it has opened since.
	@$(BIN)/python -m cloudshelf.authorities

format: .venv/development  ## Put the sources into the project's format.
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

clean:  ## Remove what was installed and built.
	@rm -rf .venv .build .local .mypy_cache .pytest_cache .ruff_cache .hypothesis
