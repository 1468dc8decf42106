# Everything a newcomer needs; see README.md. Words after ARGS= go to the command:
#   make demo ARGS="--port 9000 --fresh"      make test ARGS="tests/schedule -k overbook"

VENV := .venv
BIN := $(VENV)/bin
# A test worker for each core, up to eight.
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ "$$n" -gt 8 ] && n=8; echo "$$n")
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# In our own order (tests/conftest.py): the files that take longest first, so that no worker waits for the last one.
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
COMPILE := CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	--build-deps-for=editable

.DEFAULT_GOAL := help
.PHONY: help demo serve test check format bench docs-pictures requirements dev clean

help:
	@echo "make demo           a running clinic at http://127.0.0.1:8000"
	@echo "make test           every test, on SQLite and on PostgreSQL, pages in Chromium"
	@echo "make check          style, types, import contracts, migrations, hosts"
	@echo "make format         let ruff put the source in order"
	@echo "make bench          print the figures of bench/"
	@echo "make docs-pictures  photograph the pages for the documents"
	@echo "make requirements   compile requirements/*.txt from pyproject.toml (ARGS=--upgrade for new versions)"
	@echo "make clean          remove the environment and the caches; a clinic's data in var/ stays"

demo: $(VENV)/.run
	@exec $(BIN)/liaison demo $(ARGS)

serve: $(VENV)/.run
	@exec $(BIN)/liaison serve $(ARGS)

dev: $(VENV)/.dev

test: $(VENV)/.dev
	@scripts/test-tools
	@scripts/on-both-databases $(PYTEST) $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	scripts/migrations-complete $(BIN)/liaison
	scripts/no-hosts

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	@$(BIN)/python bench/run.py $(ARGS)

docs-pictures: $(VENV)/.dev
	@scripts/test-tools chromium
	@$(BIN)/python -m scripts.pictures $(ARGS)

requirements: $(VENV)/.dev
	$(COMPILE) $(ARGS) --output-file requirements/run.txt pyproject.toml
	$(COMPILE) $(ARGS) --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt pyproject.toml
	scripts/no-hosts

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make a second run skip the installation.
$(VENV)/.python:
	@scripts/make-venv $(VENV)
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.python
	@echo "Installing what Liaison runs on (once) ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/.python
	@echo "Installing what the tests and checks need (once) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@ $(VENV)/.run
