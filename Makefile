# Everything a person types. Each target sets up what it needs first; a second run skips what is already there.
PYTHON = .venv/bin/python

.PHONY: demo run test coverage lint bench setup setup-dev clean

demo: setup  ## send one real order from a wish to a printed part
	@$(PYTHON) -m glocal demo

run: setup  ## start the shop at http://127.0.0.1:8000
	@$(PYTHON) -m glocal serve --with-demo-printer

# three workers on two cores: linear algebra that spins up threads of its own takes the others' time
test: export OPENBLAS_NUM_THREADS = 1
test: export OMP_NUM_THREADS = 1
test: setup-dev  ## all tests, real parts included
	$(PYTHON) -m pytest -n 3 --no-loadscope-reorder $(ARGS)

coverage: setup-dev  ## the tests, and which lines and branches they reach
	.venv/bin/coverage erase
	.venv/bin/coverage run -m pytest $(ARGS)
	.venv/bin/coverage combine --quiet
	.venv/bin/coverage report

lint: setup-dev  ## style, types, layers, migrations
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	frontend/node_modules/.bin/tsc -p frontend
	$(PYTHON) -m django makemigrations --check --dry-run --settings glocal.settings

bench: setup-dev  ## every claim of the README, as ratios measured in one run
	$(PYTHON) -m benchmarks all $(ARGS)

setup:
	@scripts/setup

setup-dev:
	@scripts/setup --dev

clean:  ## remove what the set-up and the runs made
	rm -rf .venv .venv-uv .venv-octoprint .venv-moonraker frontend/node_modules src/glocal/bundle demo-output var
