# make solve: set up and solve the bundled scenario. make test: set up and pass every check;
# STRATAFOLIO_LONG=1 make test: with more draws, and plans that take a second solver longer.
# make notebooks: run the notebooks of docs/notebooks and keep what they show.
# make commands: write the help of every command into docs/commands.md.
# make fuzz: 20,000 cases of each kind gone wrong at random, or STRATAFOLIO_FUZZ of them;
# STRATAFOLIO_FUZZ=3000-3999 make fuzz: those from one number to another.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: solve test check commands notebooks fuzz clean

solve: .venv/ready
	$(BIN)/stratafolio solve

test: .venv/ready-for-tests check
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

fuzz: .venv/ready-for-tests
	STRATAFOLIO_FUZZ=$${STRATAFOLIO_FUZZ:-20000} \
	$(BIN)/python -m pytest -n 2 -o tmp_path_retention_policy=failed tests/fuzz

notebooks: .venv/ready-for-tests
	$(BIN)/python tests/run_notebooks.py docs/notebooks

commands: .venv/ready-for-tests
	$(BIN)/python tests/help_blocks.py

check: .venv/ready-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build .venv/typed
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation --target .venv/typed .
	rm -rf build *.egg-info
	MYPYPATH=.venv/typed $(BIN)/mypy -p stratafolio
	MYPYPATH=.venv/typed:tests:benchmarks $(BIN)/mypy tests benchmarks

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "stratafolio needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt 'setuptools>=77' wheel
	$(BIN)/python -m pip install -q -c constraints.txt --no-build-isolation -e .
	touch $@

.venv/ready-for-tests: .venv/ready
	$(BIN)/python -m pip install -q -c constraints.txt --no-build-isolation -e '.[dev]'
	touch $@

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
