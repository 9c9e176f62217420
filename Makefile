# Two commands on a fresh machine: `make run` and `make test`. The rest is for those who change things.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.runs
DEV := $(VENV)/.develops
# One worker a processor; a worker that has finished takes tests over from one that has not.
PARALLEL := --numprocesses auto --dist worksteal
# Errors still show; warnings about where a system keeps its packages do not.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check

.PHONY: run install test test-quick fuzz lint learn bench pictures topology audit lock clean
.DEFAULT_GOAL := help

help: ## what each command does
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/  -/'

# Set-up talks on stderr and reads nothing, so that `echo "what is ijm" | make -s run` prints only the answer.
$(RUN): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed. Name one with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute) ..." >&2
	@$(PYTHON) -m venv --clear $(VENV) </dev/null >&2
	@$(PIP) --require-hashes -r requirements.lock </dev/null >&2
	@$(PIP) --no-deps --no-build-isolation -e . </dev/null >&2
	@touch $(RUN)

$(DEV): $(RUN) requirements-dev.lock
	@echo "Adding what the tests need ..." >&2
	@$(PIP) --require-hashes -r requirements-dev.lock </dev/null >&2
	@touch $(DEV)

run: $(RUN) ## the bot: a chat here, or Discord and Slack when their tokens are set
	@$(BIN)/ijm-bot run

install: $(RUN) ## set up, and start nothing

test: lint ## everything that must hold before a change lands
	$(BIN)/mypy --platform win32 --no-warn-unreachable --cache-dir .mypy_cache/win32 -p bot -p adapters -p knowledge
	$(BIN)/pytest $(PARALLEL)

test-quick: lint ## style, types, and the tests that start no process or server and learn nothing; under a minute
	$(BIN)/pytest $(PARALLEL) -m "not slow"

fuzz: $(DEV) ## what the tests try by chance, FUZZ (50) times as much, and anew each time
	FUZZ=$(or $(FUZZ),50) $(BIN)/pytest $(PARALLEL) -m fuzz

lint: $(DEV) ## style, types and the knowledge base
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/ijm-bot lint

learn: $(DEV) ## the weights that ship, from the entries; the safety check's with REAL_TEXT, CLINC150, HWU64, LANGUAGES (docs/safety.md)
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.learn_matching $(if $(FEWSHOT),"$(REAL_TEXT)" "$(FEWSHOT)")
	$(if $(LANGUAGES),OMP_NUM_THREADS=1 $(BIN)/python -m tools.learn_safety "$(REAL_TEXT)" "$(CLINC150)" "$(HWU64)" "$(LANGUAGES)")
	$(if $(CLINC150),OMP_NUM_THREADS=1 $(BIN)/python -m tools.learn_talk "$(REAL_TEXT)" "$(CLINC150)")

bench: $(DEV) ## speed and quality, each beside its floor; some minutes (CLINC150=folder, REAL_TEXT=folder: on those, too)
	$(BIN)/pytest tests/benchmarks --benchmark-only --benchmark-columns=min,median,iqr,ops,rounds
	$(BIN)/python -m tests.benchmarks.quality.compare
	$(BIN)/python -m tests.benchmarks.quality.safety
	$(BIN)/python -m tests.benchmarks

pictures: $(DEV) ## the pictures in docs/pictures; needs Debian's chromium, nodejs, npm and fonts-noto-color-emoji
	cd tools/pictures && npm ci --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m tools.pictures

topology: $(DEV) ## two replicas, sharded Discord and PostgreSQL as plain processes, used and broken, in a minute
	$(BIN)/python -m tests.deployment.topology

AUDIT := .audit
audit: ## known vulnerabilities of what is locked; needs the Internet, and no other command needs this one
	@echo "Asking the package index's vulnerability service about requirements.lock (this needs the Internet) ..." >&2
	@$(PYTHON) -m venv $(AUDIT) && $(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock

LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --upgrade pyproject.toml
lock: $(RUN) ## newest versions that fit pyproject.toml, with hashes
	$(PIP) uv
	$(LOCK) --extra install --output-file requirements.lock
	$(LOCK) --extra install --extra dev --output-file requirements-dev.lock

clean: ## forget the set-up
	rm -rf $(VENV) $(AUDIT) .mypy_cache .pytest_cache .ruff_cache .benchmarks
