# Everything a developer types. `make up` needs Python 3.11 or newer and Node 20.9 or newer, and nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Python's packages and the web app are set up side by side.
MAKEFLAGS += --jobs=2

VENV := .venv
PYTHON := $(VENV)/bin/python
SOJOURN := $(VENV)/bin/sojourn
WEB := frontend
WEB_SOURCES := $(shell find $(WEB) -type f \
	! -path '*/node_modules/*' ! -path '*/.next/*' ! -path '$(WEB)/out/*' ! -path '$(WEB)/e2e/*' \
	! -path '*/test-results/*' ! -path '*/playwright-report/*' ! -name '*.tsbuildinfo' ! -name next-env.d.ts ! -name csp.json \
	! -name '*.test.ts' ! -name '*.test.tsx')

export NEXT_TELEMETRY_DISABLED = 1
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Each process would compile every module again at its start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help up down test chaos check format bench demo lock node

help: ## Show these targets
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

up: $(VENV)/.installed $(WEB)/out/.built ## Install what is missing, build the app, start everything
	@exec $(SOJOURN) up

down: ## Stop what `make up` started
	@test ! -x $(SOJOURN) || $(SOJOURN) down

demo: $(VENV)/.installed ## Load a shop, publish example journeys and play events
	@exec $(SOJOURN) demo

test: $(VENV)/.installed-dev $(WEB)/out/.built ## Run every test: Python, web app, browser
	@exec $(PYTHON) -m tests.run

chaos: $(VENV)/.installed-dev ## Kill, hang and fail everything at random for ten minutes while people pass through
	$(PYTHON) -m pytest -q tests/chaos/random_journeys.py
	@exec $(PYTHON) -m tests.chaos

check: $(VENV)/.installed-dev $(WEB)/out/.built ## Format, lint, types, layers, and every test but the browser's
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	cd $(WEB) && npm run check
	$(PYTHON) -m pytest -q
	cd $(WEB) && npm test

format: $(VENV)/.installed-dev $(WEB)/node_modules/.installed ## Put all code in its format
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	cd $(WEB) && npm run format

bench: $(VENV)/.installed-dev ## Measure, and write BENCHMARKS.md
	@exec $(PYTHON) -m tests.bench

lock: ## Choose the newest allowed packages anew (needs uv)
	uv pip compile $(LOCK_OPTIONS) --upgrade pyproject.toml --all-extras -o requirements-dev.lock
	uv pip compile $(LOCK_OPTIONS) pyproject.toml --extra build -c requirements-dev.lock -o requirements.lock
	cd $(WEB) && npm install --package-lock-only && npm run lock

# No line may name the registry that the lock was made with.
LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

$(PYTHON):
	@python=""; \
	for candidate in python3.13 python3.12 python3.11 python3 python; do \
		if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Sojourn needs Python 3.11 or newer; found $$(python3 --version 2>&1 || echo none)." >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$python --version)"; \
	if command -v uv >/dev/null 2>&1; then uv venv --quiet --allow-existing --python "$$(command -v $$python)" $(VENV); \
	else $$python -m venv $(VENV) || { \
		echo "Python cannot make a virtual environment: install its venv module (Debian: apt install python3-venv)." >&2; exit 1; }; \
	fi

# Looked at before anything is installed, so that what is missing is said at once.
node:
	@command -v node >/dev/null 2>&1 || { echo "Sojourn needs Node 20.9 or newer to build its web app; found none." >&2; exit 1; }
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 9) ? 0 : 1)' || { \
		echo "Sojourn needs Node 20.9 or newer to build its web app; found $$(node --version)." >&2; exit 1; }

# uv when it is there, pip otherwise; either checks the hash of every package.
define install
	@echo "Installing Python packages from $(1)"
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --compile-bytecode --python $(PYTHON) --require-hashes -r $(1) && \
		uv pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation -e .; \
	else \
		$(PYTHON) -m pip install --quiet --require-hashes -r $(1) && \
		$(PYTHON) -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi
	@touch $@
endef

$(VENV)/.installed: requirements.lock pyproject.toml | $(PYTHON) node
	$(call install,requirements.lock)

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(PYTHON) node
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.installed

$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json | $(PYTHON) node
	@echo "Installing the web app's packages"
	@cd $(WEB) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB)/out/.built: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	@echo "Building the web app"
	@cd $(WEB) && npm run --silent build > build.log 2>&1 || { cat build.log >&2; exit 1; }
	@rm -f $(WEB)/build.log && touch $@
