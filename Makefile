# The desk: every everyday job by name; `make help` lists them.
# Paths are relative on purpose: make cannot hold a path with spaces, and this folder's own may have some.

PYTHON ?= python3
DATA_DIR ?= ./var
export DATA_DIR

# A container often forbids Python to keep what it compiled. Here dozens of processes import the same modules: they may.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
INSTALLED := .venv/installed# what running needs
TOOLS := .venv/tools# and what tests, checks and the bench need

# A moved or copied folder keeps the old address in its .venv, and an upgraded machine may have taken its Python away:
# the stamp says where it was made, and anything but "here, and still running" makes it anew.
STALE := $(shell [ "$$(cat $(INSTALLED) 2>/dev/null)" = "$$(pwd -P)" ] && $(BIN)/python -c '' 2>/dev/null || echo venv)
EDITABLE = $(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
QUIET := $(if $(MAKE_TERMERR),,--quiet)  # progress bars for a person, silence for a log

# `make demo` in one window and `make test` in another, both first: the second waits, then finds .venv made. The lock is
# on this folder and ends with the make that holds it.
ALONE := import fcntl, os, sys; here = os.open(".", 0); os.set_inheritable(here, True); fcntl.flock(here, fcntl.LOCK_EX)
in_turn = if command -v '$(PYTHON)' >/dev/null; \
  then exec '$(PYTHON)' -c '$(ALONE); os.execvp(sys.argv[1], sys.argv[1:])' $(MAKE) --silent --no-print-directory $(1); \
  else $(MAKE) --silent --no-print-directory $(1); fi

# The laws of the house, each held by a test; the other files are about what the house does.
LAWS := $(addsuffix .py,$(addprefix tests/unit/test_,actions_leave_a_trace architecture architecture_actions \
  architecture_pages catalogue clauses_that_filter docs layers_of_tables names released_promises rights routes row_mapping \
  words))
LAWS += $(addsuffix .py,$(addprefix tests/db/test_,changes flat migrations money_pages_and_actions_agree \
  pages_and_actions_agree refusals_of_actions release state_sets tombstones))
LAWS += $(addsuffix .py,$(addprefix tests/web/test_,addresses links))

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install tools demo test check bench screenshots format catalogue lock clean venv

help: ## list these jobs
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22
	@echo
	@echo '  ARGS goes to the command behind: make test ARGS="-k seats", make demo ARGS=--reset, make lock ARGS=--upgrade'
	@echo '  DATABASE_URL is passed on as it is; when unset, an embedded PostgreSQL lives in DATA_DIR ($(DATA_DIR)).'

install: ## create .venv with what running needs, from requirements.lock, every file checked by its hash
	@$(call in_turn,$(INSTALLED))

tools: ## add to it what tests, checks and the bench need (they do it themselves)
	@$(call in_turn,$(TOOLS))

venv:
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or newer is needed and "$(PYTHON)" is not; name one: make install PYTHON=python3.12' >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'This Python cannot make virtual environments yet. As root, run:' >&2; \
	  '$(PYTHON)' -c 'import sys; print("  apt-get install --yes python%d.%d-venv" % sys.version_info[:2])' >&2; exit 1; }
	@'$(PYTHON)' -m venv --clear .venv

# One lock serves all (the Dockerfile too): it constrains what pyproject.toml asks for at run time, so the versions are those
# that were tested; a package without a hash there stops it. uv is in the lock too: pip installs that one entry of it, and
# uv the rest, several times faster. The project goes in last, built by the locked hatchling.
$(INSTALLED): requirements.lock pyproject.toml $(STALE)
	@[ -x $(BIN)/python ] || $(MAKE) --no-print-directory venv
	@rm -f $(INSTALLED) $(TOOLS)
	@echo 'Installing into .venv what running needs: about 420 MB, ten seconds once they are downloaded'
	@sed -n '/^uv==/,/^ *# via/p' requirements.lock >.venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.txt
	@$(BIN)/python -m uv pip install $(QUIET) --python $(BIN)/python --require-hashes --constraint requirements.lock \
	  --requirement pyproject.toml --group build
	@$(EDITABLE)
	@pwd -P >$(INSTALLED)

# `uv pip sync` removes what is not in the lock, the project itself included: it goes in again.
$(TOOLS): $(INSTALLED)
	@echo 'Adding to .venv what tests and checks need: about 410 MB more'
	@rm -f $(TOOLS)
	@$(BIN)/python -m uv pip sync $(QUIET) --python $(BIN)/python --require-hashes requirements.lock
	@$(EDITABLE)
	@touch $(TOOLS)

demo: install ## a believable town on http://127.0.0.1:8000, with sign-in links
	@exec $(BIN)/python -m training demo $(ARGS)

test: tools ## every test, on a real PostgreSQL (browser stories need Chromium)
	@exec $(BIN)/python -m pytest -rs --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: tools ## ruff, mypy, import order, and the tests that hold the laws of the house
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(LAWS)

bench: tools ## each figure beside its limit
	@exec $(BIN)/python -m bench $(ARGS)

screenshots: tools ## every page wide, narrow, dark and printed, into screenshots/
	@exec $(BIN)/python -m pytest -rs tests/e2e/screenshots.py $(ARGS)

format: tools ## put the code in its form
	$(BIN)/python -m ruff check --fix
	$(BIN)/python -m ruff format

catalogue: tools ## bring the English catalogue up to the French source texts
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --no-location --sort-output --output .venv/training.pot src/training
	$(BIN)/pybabel --quiet update --input-file .venv/training.pot --output-dir src/training/locale --domain training \
	  --locale en --init-missing --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 100

# The tools are not asked to be whole: what was just added to pyproject.toml is not in the lock yet, and stops them.
lock: ## make requirements.lock again from pyproject.toml
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(MAKE) --no-print-directory tools
	$(BIN)/python -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-header $(ARGS) --quiet --output-file requirements.lock

clean: ## remove .venv and the tools' caches; data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
