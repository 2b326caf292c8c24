# From nothing but Python 3.11 or newer and make:
#
#   make train                        set everything up in .venv/, train a first network and write a report on it
#   make train ARGS="cnn --epochs 3"  another recipe, other settings: whatever `tenfold train` takes
#   make test                         set everything up and run the tests
#   make check                        the linter, the formatter and the types
#   make docs                         write the generated pages of docs/ again
#   make bench                        compare tenfold.fit with Keras and PyTorch: more than an hour, see benchmarks/
#
# After the first time all of it works without a network. PYTHON=/path/to/python3 chooses the Python.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
ARGS :=
TENFOLD_WORKERS ?= 2

# The first Python on the PATH that is new enough: macOS has an older `python3` of its own.
FIND_PYTHON = for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$python" && break; \
	done
PYTHON ?= $(shell $(FIND_PYTHON))

.PHONY: train test check docs bench
.DEFAULT_GOAL := train

train: $(VENV)/ready-to-run
	@$(BIN)/tenfold train $(ARGS)

test: $(VENV)/ready-to-develop
	@$(BIN)/python -m pytest -n $(TENFOLD_WORKERS) --dist worksteal $(ARGS)

check: $(VENV)/ready-to-develop
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

docs: $(VENV)/ready-to-develop
	@$(BIN)/python docs/generate.py

bench: $(VENV)/ready-to-run
	@$(BIN)/python benchmarks/speed.py $(ARGS)

# Each file says that a step was finished with these very requirements; an interrupted step is done again.
$(VENV)/ready-to-run: requirements/base.txt requirements/build.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "make: no Python 3.11 or newer was found; install one (python.org) or say make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi
	@echo "Setting up $(VENV)/ with $(PYTHON), once: about 170 MB to download, 900 MB on the disk."
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements/base.txt -r requirements/build.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/ready-to-develop: $(VENV)/ready-to-run requirements/dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements/dev.txt
	@touch $@
