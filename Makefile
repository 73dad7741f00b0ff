# `make run` and `make test` need Python 3.11 to 3.13 and nothing else: each makes .venv itself.

VENV := .venv
BIN := $(VENV)/bin

# A stamp is named after the lock that it was installed from, so that any change of the lock is seen.
checksum = $(shell cksum < $(1) | cut -d' ' -f1)
RUNTIME := $(VENV)/.runtime-$(call checksum,requirements.txt)
DEV := $(VENV)/.dev-$(call checksum,requirements-dev.txt)

# The first of these that is new enough and can make a venv. PYTHON=… chooses another.
CANDIDATES := $(PYTHON) python3.13 python3.12 python3.11 python3 python
FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))

# Set-up speaks on standard error alone, for standard output is the bot's.
define install
	@if ! $(BIN)/python -c '$(FITS)' 2>/dev/null; then \
	  for python in $(CANDIDATES); do \
	    if $$python -c '$(FITS)' 2>/dev/null; then found=$$python; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo 'Python 3.11, 3.12 or 3.13 with its venv module is needed (on Debian: apt install python3-venv); PYTHON=… names one.' >&2; \
	    exit 1; \
	  fi; \
	  $$found -m venv --clear $(VENV) >&2 || exit 1; \
	fi
	@rm -f $(VENV)/.runtime-* $(VENV)/.dev-*
	@echo 'Setting up $(VENV) from $(1); the first time takes a minute or two …' >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes -r $(1) </dev/null >&2
endef

# Each process takes whole files, so that what a file shares is made once; in the order that tests/conftest.py gives.
# Three of them for all tests, also on two cores, for the tests wait a lot: 3:49 minutes, against 4:41 with two.
WHOLE_FILES := --dist loadfile --no-loadscope-reorder

.PHONY: help run test test-fast lint format check bench clean

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1	/p' Makefile

run: $(RUNTIME) ## start the bot: Telegram with BOT_TOKEN, otherwise a chat in the terminal
	@$(BIN)/python -m bot run

test: lint ## lint, type-check, and run all tests
	@$(BIN)/python -m pytest --cov -n 3 $(WHOLE_FILES)

test-fast: $(DEV) ## run what needs neither processes nor PostgreSQL, in under a minute
	@$(BIN)/python -m pytest -m 'not slow' -n 2 $(WHOLE_FILES)

lint: $(DEV) ## formatting, lint, types, layers
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports

format: $(DEV) ## bring the code into its one form
	@$(BIN)/python -m ruff check --fix --exit-zero .
	@$(BIN)/python -m ruff format .

check: $(RUNTIME) ## verify the curated knowledge
	@$(BIN)/python -m bot knowledge check

bench: $(DEV) ## measure the speed
	@$(BIN)/python -m tests.benchmarks

clean: ## remove what was set up and cached
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov

# A .venv whose interpreter is gone is made anew.
ifeq ($(shell $(BIN)/python -c '$(FITS)' 2>/dev/null && echo sound),)
.PHONY: $(RUNTIME) $(DEV)
endif

$(RUNTIME):
	$(call install,requirements.txt)
	@touch $@

# The development lock holds the runtime's too.
$(DEV):
	$(call install,requirements-dev.txt)
	@touch $(RUNTIME) $@
