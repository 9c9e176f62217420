# Two commands on a fresh machine: `make run` and `make test`. The rest is for those who change things.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test lint bench lock clean
.DEFAULT_GOAL := help

help: ## what each command does
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/  -/'

# Set-up talks on stderr and reads nothing, so that `echo "what is ijm" | make -s run` prints only the answer.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed. Name one with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute) ..." >&2
	@$(PYTHON) -m venv --clear $(VENV) </dev/null >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock </dev/null >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . </dev/null >&2
	@touch $(STAMP)

run: $(STAMP) ## the bot: a chat here, or Discord and Slack when their tokens are set
	@$(BIN)/ijm-bot run

test: lint ## everything that must hold before a change lands
	$(BIN)/pytest

lint: $(STAMP) ## style, types and the knowledge base
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/ijm-bot lint

bench: $(STAMP) ## speed and quality of the matching, beside their floors
	$(BIN)/pytest tests/benchmarks --benchmark-only --benchmark-columns=min,median,iqr,ops,rounds

lock: $(STAMP) ## newest versions that fit pyproject.toml, with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --upgrade \
	  --extra dev pyproject.toml --output-file requirements.lock

clean: ## forget the set-up
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .benchmarks
