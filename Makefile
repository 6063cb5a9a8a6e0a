# Everything sets itself up: a virtual environment in .venv with pinned, hashed libraries.
PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin
READY := .venv/ready

# Compiled once, and not again by each of the bot's processes that the tests start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo test check format guards bench torture pictures clean

setup: $(READY)

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Lianxin needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $(READY)

demo: $(READY)  ## sandbox with phones in the browser; PLAY=1 plays a scripted week instead
	@$(BIN)/python -m bot demo --port $(PORT) $(if $(PLAY),--play)

test: $(READY)  ## every test, on SQLite and PostgreSQL; three side by side, since many wait for a process or a socket; what takes a time, alone
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "not measures"
	$(BIN)/python -m pytest -m measures

check: $(READY)  ## what CI checks besides the tests: format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

guards: $(READY)  ## switch off each guard in turn and expect a red test
	$(BIN)/python -m tests.guards

bench: $(READY)
	$(BIN)/python -m tests.bench

torture: $(READY)  ## kills, crash points, faults, backlogs: the long runs, with their figures at the end
	$(BIN)/python -m pytest --torture -m "torture or faults"

pictures: $(READY)  ## screenshots of the phones page and a printed card, into build/pictures
	$(BIN)/python -m tests.pictures

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache
