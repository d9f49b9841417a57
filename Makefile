# What a person types. `make` alone lists it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run test check numbers bench fuzz soak lab lock docs messages pictures clean

DATA := $(or $(TOLLBOOK_HOME),data)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
UV ?= $(or $(shell command -v uv),$(BIN)/uv)
COMPILE = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links $(UPGRADE)

# The first Python of at least 3.11 on this machine; PYTHON=... names another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)
NO_PYTHON = found no Python of 3.11 or newer: install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

setup: .venv/.installed ## install Tollbook and what it needs into .venv

run: setup ## make the demo network unless there is data, and serve the portal
	@$(BIN)/tollbook init
	@test -f $(DATA)/lake.json || $(BIN)/tollbook demo
	@$(BIN)/tollbook refresh
	@$(BIN)/tollbook serve $(SERVE)

test: setup ## run every test; TESTS=tests/billing runs some
	@.ci/packages chromium postgresql fonts-noto-core nginx caddy kamailio kamailio-sqlite-modules sip-tester
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile $(TESTS)

check: setup ## style, types, the direction of imports, the rules of notebooks and docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest --quiet tests/test_architecture.py tests/test_layout.py tests/test_dependencies.py \
		tests/test_notebook_rules.py tests/test_docs.py

numbers: setup ## prove that numbers have no gaps: 2 000 invoices, 6 processes, 40 kills, on each database
	@.ci/packages postgresql
	TOLLBOOK_NUMBERS="2000 40 6" $(BIN)/python -m pytest tests/billing/test_numbers.py

bench: .venv/.bench ## measure against the best peers, as ratios in one run
	$(BIN)/python -m bench $(BENCH)
	$(BIN)/python -m bench.paging $(PAGING)
	$(BIN)/python -m bench.invoices $(INVOICES)
	$(BIN)/python -m bench.extensions $(EXTENSIONS)
	$(BIN)/python -m bench.portal $(PORTAL)
	$(BIN)/python -m bench.live $(LIVE)

fuzz: setup ## the tests that try things at random, a hundred times as often
	@.ci/packages postgresql
	TOLLBOOK_FUZZ=1 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --timeout 3600 $$(grep -rlE "hypothesis|TOLLBOOK_FUZZ" tests --include=test_*.py)

soak: setup ## fifty viewers for ten minutes, and a thousand wrong sign-ins a minute beside them
	$(BIN)/python -m bench.soak $(SOAK)

lab: setup ## a real Kamailio with real calls: what is told of the calls in progress against SIPp's own logs
	@.ci/packages kamailio sip-tester
	$(BIN)/python -m bench.lab $(LAB)

docs: setup ## write the part of the docs that is generated from the code
	$(BIN)/python docs/generate.py

messages: setup ## bring the catalogues of the languages up to date with the texts in the code
	$(BIN)/python docs/messages.py

pictures: setup ## take the pictures of the docs: every page of the portal, in light and dark
	@.ci/packages chromium fonts-noto-core
	$(BIN)/python -m docs.pictures $(PICTURES)

lock: ## pin what pyproject.toml asks for; UPGRADE=--upgrade takes the newest
	@test -x "$(UV)" || { $(PYTHON) -m venv .venv && $(PIP) install uv; }
	@$(COMPILE) --extra postgresql --extra test --extra check --group build -o requirements.lock
	@$(COMPILE) --extra bench -c requirements.lock -o requirements-bench.lock

clean: ## remove what can be made again; data and reports stay
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: requirements.lock pyproject.toml
	$(if $(PYTHON),,$(error $(NO_PYTHON)))
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/packages python3-venv
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo 'installing into .venv; the first time takes a minute or two' >&2
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.bench: .venv/.installed requirements-bench.lock
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@
