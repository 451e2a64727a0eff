# `make demo` and `make test` need nothing but Python 3.11 or newer with pip and venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# Without .pyc files every run of every tool compiles everything again.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-all check docs lock bench bench-cli bench-tokens dist clean

help:  ## show what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime  ## install into .venv, then a tour: fetch the embedded model, start a daemon, one real answer
	@$(BIN)/triforce demo

# A good third of the time a test waits, for a timeout or for another process: three at a time keep two cores busy.
test: $(VENV)/.dev  ## run the tests; the long ones in their short form
	@$(BIN)/pytest -q -n 3 --dist worksteal

test-all: $(VENV)/.dev  ## run the tests; the long ones in full
	@$(BIN)/pytest -q --long

check: $(VENV)/.dev  ## lint, formatting, types, layers, generated files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright triforce_cli triforce_daemon benchmarks docs
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m docs.regenerate --check

docs: $(VENV)/.dev  ## write the man pages, completions and reference pages anew
	@$(BIN)/python -m docs.regenerate

lock: $(VENV)/.dev  ## choose dependencies anew, with hashes
	$(BIN)/uv pip compile --quiet --upgrade $(LOCK) --group build -o requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --upgrade $(LOCK) --extra embeddings --group build --group dev -c requirements/runtime.txt -o requirements/dev.txt

LOCK := --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml

bench: $(VENV)/.dev  ## measure the gateway beside a bare proxy
	@$(BIN)/python -m benchmarks.gateway

bench-cli: $(VENV)/.dev  ## measure the start-up of the command line against bare Python
	@$(BIN)/python -m benchmarks.cli

bench-tokens: $(VENV)/.dev  ## measure tokens per second against the engine's own
	@$(BIN)/python -m benchmarks.tokens

dist: $(VENV)/.dev  ## build the wheel and the source archive into dist/
	@$(BIN)/hatchling build

clean:  ## remove everything that can be made again
	rm -rf $(VENV) dist build .cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("triforce needs Python 3.11 or newer: make PYTHON=/path/to/python3 …")'
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime $(VENV)/.dev: $(VENV)/.%: requirements/%.txt pyproject.toml scripts/triforce $(VENV)/.python
	@echo "Installing what triforce needs from requirements/$*.txt"
	@$(BIN)/pip install --quiet --require-hashes -r $<
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
