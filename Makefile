# Each target sets up what it still needs; `make install` takes everything.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# A Python in which autospice, the peer of the benchmarks, runs; where none is given, the script makes one.
PEER ?=
PEER_SETUP ?= ../shared/peers/make_peer_env.sh
# full, or quick: the smallest data and few epochs, in some minutes.
BENCH ?= full
# The same for what comes back of simulated people: hours, or some minutes. PEOPLE is a file of others whose rates are known.
RECOVERY ?= full
PEOPLE ?=

.PHONY: help install demo app tutorials lab tutorial-runs test test-nightly bench recovery lint format clean

help:
	@echo "make demo           fit real choices and show the equations"
	@echo "make app            the app in a browser, on port 8866"
	@echo "make tutorials      the tutorials and the app in a browser, on port 8866"
	@echo "make lab            JupyterLab with the notebooks"
	@echo "make tutorial-runs  fit the tutorials anew, and keep the results that ship"
	@echo "make test           run the tests"
	@echo "make test-nightly   run the tests that take too long for each commit"
	@echo "make bench          time this package and its peer (BENCH=quick for some minutes, PEER=python of the peer)"
	@echo "make recovery       fit simulated people, and write docs/recovery.md (hours; RECOVERY=quick for some minutes)"
	@echo "make lint           check style, types and layers"
	@echo "make install        set up $(VENV) only"

# torch comes first and pinned: a range could fetch another build of several gigabytes.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,dev]'
	touch $(STAMP)

# The JupyterLab extension: built where Node is there, else as it ships. The lab target copies it.
EXTENSION := spice_nb/labextension
BUNDLE := $(VENV)/.extension
$(BUNDLE): $(STAMP) $(wildcard $(EXTENSION)/src/*.ts $(EXTENSION)/src/*/*.ts $(EXTENSION)/style/* $(EXTENSION)/schema/* \
		$(EXTENSION)/*.json $(EXTENSION)/*.cjs)
	$(BIN)/python $(EXTENSION)/build_extension.py
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

install: $(STAMP) $(BUNDLE)

demo: $(STAMP)
	$(BIN)/spice-nb demo

# Runs a script of the extension where its packages are there.
npm = if [ -d $(EXTENSION)/node_modules ]; then npm --prefix $(EXTENSION) run --silent $(1); \
	else echo "npm run $(1): left out; make install fetches what it needs where Node.js is there"; fi

# Each adds what it serves with to the environment. The template is copied there too.
$(VENV)/.app: $(STAMP) $(wildcard spice_nb/voila_template/*)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[app]'
	touch $@

$(VENV)/.lab: $(BUNDLE)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[lab]'
	touch $@

# Both are served with voila.json, to this computer only: so who opens them may read its files and see the runs on it.
OWN := SPICE_NB_HOSTED="$${SPICE_NB_HOSTED:-0}"
HERE := --Voila.ip=localhost
app: $(VENV)/.app
	PATH="$(abspath $(BIN)):$$PATH" $(OWN) $(BIN)/voila notebooks/00_app.ipynb --port=8866 $(HERE)

tutorials: $(VENV)/.app
	PATH="$(abspath $(BIN)):$$PATH" $(OWN) $(BIN)/voila notebooks --port=8866 $(HERE)

lab: $(VENV)/.lab
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/jupyter-lab notebooks

# Fits the tutorials and keeps what they find as the runs that ship with the package.
tutorial-runs: $(VENV)/.lab
	PATH="$(abspath $(BIN)):$$PATH" OMP_NUM_THREADS=1 SPICE_NB_KEEP_TUTORIAL_RUNS=1 \
		$(BIN)/jupyter-execute $(filter-out notebooks/00_app.ipynb,$(wildcard notebooks/*.ipynb))

# One thread a process: small tensors gain nothing from more, and two test processes share the machine.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist worksteal
test: $(STAMP)
	@$(call npm,test)
	$(PYTEST)

# Of two -m the last one counts; the other is in pyproject.toml.
test-nightly: $(STAMP)
	$(PYTEST) -m nightly

# Without the peer ours is measured alone, and the run says so.
bench: $(STAMP)
	@peer="$(PEER)"; \
	if [ -z "$$peer" ] && [ -f "$(PEER_SETUP)" ] && bash "$(PEER_SETUP)" benchmarks/.peer; then \
		peer=benchmarks/.peer/bin/python; \
	fi; \
	$(BIN)/python benchmarks/run.py --peer "$$peer" $(if $(filter quick,$(BENCH)),--quick)

# Fits that are there already are kept: after a change of the package, remove benchmarks/recovery.jsonl first.
recovery: $(STAMP)
	$(BIN)/python benchmarks/recovery.py $(if $(filter quick,$(RECOVERY)),--quick) $(if $(PEOPLE),--file '$(PEOPLE)')

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(call npm,lint)

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(EXTENSION)/node_modules $(EXTENSION)/lib .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
