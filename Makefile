# Two commands: `make run` opens the wizard, `make test` installs what tests need and runs everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check lock

run: $(VENV)/.runtime
	$(BIN)/streamlit run app.py --server.headless false --server.showEmailPrompt false

test: $(VENV)/.tools
	./tests/install-system-tools
	$(BIN)/python -m pytest

check: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Pins are made from the short .in files by a maintainer; needs uv (pip install uv).
lock:
	uv pip compile --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.txt

$(VENV)/.runtime: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/.tools: $(VENV)/.runtime requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@
