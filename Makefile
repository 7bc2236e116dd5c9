# `make run` and `make test` each set everything up and do their job; nothing else is needed first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := $(CURDIR)/build/lock
PIP_INSTALL := -m pip --disable-pip-version-check install --quiet --no-input

.DEFAULT_GOAL := run
.PHONY: run test lint bench theory chaos universe powercut pictures lock servers

run: $(VENV)/ready-to-run
	$(BIN)/cordboard demo

test: $(VENV)/ready-to-test servers
	@$(BIN)/python -m tests.rings

lint: $(VENV)/ready-to-test
	@$(BIN)/python -m tests.rings ruff format mypy imports

bench: $(VENV)/ready-to-test
	$(BIN)/python -m bench

# The routing core beside queueing theory, written to docs/theory.md: half an hour of two cores.
# SHARE=0.1 plays a tenth of the customers.
theory: $(VENV)/ready-to-test
	@nice -n 5 $(BIN)/python -m bench.theory --share $(or $(SHARE),1)

# Ten thousand desks of an hour each in virtual time; each router dies at each of its awaits once.
# UNIVERSES="--seeds 500" makes it shorter, UNIVERSES="--seed 17" lives one again.
universe: $(VENV)/ready-to-test
	@$(BIN)/python -m tests.universe.mutants
	@$(BIN)/python -m tests.universe.awaits
	@$(BIN)/python -m tests.universe $(or $(UNIVERSES),--seeds 10000)

# Six times the power goes; `make test` has two of them.
powercut: $(VENV)/ready-to-test servers
	@CORDBOARD_POWER_CUTS=6 $(BIN)/python -m pytest -q tests/program/test_power_cut.py

# Parts of a working desk are killed for seven minutes; `make chaos SEED=7` kills in that order.
chaos: $(VENV)/ready-to-test servers
	$(BIN)/python -m chaos --seed $(or $(SEED),0)

# What the pages show: the console at three sizes, and the chat page.
pictures: $(VENV)/ready-to-test servers
	@$(BIN)/python -m tests.console.pictures docs/pictures
	@$(BIN)/python -m tests.adapters.webchat.picture docs/pictures/chat.png

# The newest versions that pyproject.toml allows, tried in an environment of their own.
lock:
	$(PYTHON) -m venv --clear $(LOCK)
	$(LOCK)/bin/python $(PIP_INSTALL) '.[dev]'
	$(LOCK)/bin/python -m pip freeze --exclude cordboard > constraints.txt
	rm -rf $(LOCK)

# The real servers that tests talk to.
servers:
	@scripts/need-debian $$(cat tests/servers/debian-packages.txt)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Cordboard needs Python 3.11 or newer; say which: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || scripts/need-debian python3-venv
	$(PYTHON) -m venv $(VENV)

# Stamps: what is written in these two files is installed.
$(VENV)/ready-to-run: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing into $(VENV); the first time takes a minute"
	@$(BIN)/python $(PIP_INSTALL) -c constraints.txt -e .
	@touch $@

$(VENV)/ready-to-test: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing into $(VENV); the first time takes a minute"
	@$(BIN)/python $(PIP_INSTALL) -c constraints.txt -e '.[dev]'
	@touch $(VENV)/ready-to-run $@
