# painrules: `make run` and `make test` need only Python 3.10 or later, make and a C compiler.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
ARGS ?=

.PHONY: help install browser run test test-fast check language lint types contracts wheel-test spark-test fhir-test dmn-test site release docs bench bench-cohort bench-agree lock clean

help:             ## what each target does
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*##/\t/' | expand -t 14

install: $(VENV)/.installed

# durable-rules is C without wheels: when it cannot be built the rest still works, on the reference engine.
# The flag makes it build for Python 3.13 and later (docs/decisions/durable-rules.md).
$(VENV)/.installed: pyproject.toml requirements/dev.txt requirements/durable.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements/dev.txt
	@CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject $(PIP) install --no-build-isolation --require-hashes -r requirements/durable.txt 2>$(VENV)/durable.log \
	  || echo "painrules: durable-rules could not be built (see $(VENV)/durable.log); a C compiler (package gcc or clang) and the Python headers are needed. Going on with the reference engine." >&2
	$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

# For tests of pages and PDF, on Debian; elsewhere have chromium, Pango and a font such as Arial in place.
browser:          ## install what the tests of pages need, where it is missing
	@command -v chromium >/dev/null && ldconfig -p | grep -q libpangoft2-1.0 && fc-list | grep -q Liberation || { \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  chromium libpango-1.0-0 libpangoft2-1.0-0 fontconfig fonts-liberation; } >/dev/null

run: install      ## the interview; ARGS="conditions" runs any command
	@if [ -n '$(ARGS)' ]; then $(BIN)/painrules $(ARGS); \
	elif [ -t 0 ] && [ -t 1 ]; then $(BIN)/painrules explore; \
	else $(BIN)/painrules explore --answers samples/back_pain_and_kidneys.yaml; fi

test: install     ## every test
	$(BIN)/python -m pytest -q -n auto --durations=15

test-fast: install
	$(BIN)/python -m pytest -q -m "not slow"

check: install    ## every problem and gap in the content
	$(BIN)/painrules check

language: install ## how hard the texts are to read; ARGS=nsaid picks some
	$(BIN)/python -m tests.language $(ARGS)

lint: install
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

contracts: install ## who may import whom
	$(BIN)/lint-imports

wheel-test: install ## build the wheel, install it into an empty environment, use it elsewhere
	sh tests/wheel.sh "$(PYTHON)" "$(BIN)/python"

spark-test: install ## the same cohort on a real Spark, of which a worker is killed; needs Java 17
	$(PIP) install --require-hashes -r requirements/spark.txt
	$(BIN)/python -m pytest -q tests/spark

fhir-test: install ## other programs on our FHIR resources: a validator, and LHC-Forms in a browser; needs Node 20 and npm
	cd tests/fhir && npm install --silent --no-audit --no-fund
	$(BIN)/python -m pytest -q tests/fhir

dmn-test: install  ## the rules as DMN on another engine, on random people
	$(PIP) install "pyDMNrules>=1.4.5,<2"
	$(BIN)/python -m pytest -q tests/dmn

# Every warning is an error; broken links and anchors are warnings. Nothing is fetched but the packages.
site: install     ## the documentation site, into build/site
	$(PIP) install --require-hashes -r requirements/site.txt
	$(BIN)/python -m sphinx -q -W --keep-going -j auto -b html -d build/site-pages docs build/site
	@echo "build/site/index.html"

release: install  ## wheel and sdist, built twice and compared, with their list of parts, into dist/
	$(PIP) install --require-hashes -r requirements/release.txt
	sh packaging/release.sh "$(BIN)/python"

docs: install     ## regenerate schemas, the picture, the manual page and the output of commands on all pages
	$(BIN)/python docs/generate.py

bench-cohort: install ## measure whole populations; PAINRULES_PEOPLE=1000000; writes bench/cohort.md
	$(PIP) install "duckdb>=1.2" "pandas>=2.2,<3"
	$(BIN)/python bench/cohort.py

bench-agree: install ## do all engines agree on PAINRULES_PEOPLE=100000 people; writes bench/agree.md
	$(BIN)/python bench/agree.py

bench: install    ## measure start, load, build and consultation; writes bench/results.md
	$(BIN)/python bench/bench.py

# With uv: pin what pyproject.toml allows, with hashes, for every Python. durable-rules stays apart: it may not build.
LOCK := uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-package durable-rules --no-emit-index-url
lock:             ## choose newer versions for all of requirements/ but durable.txt
	$(LOCK) --python-version 3.10 pyproject.toml --extra cohort --extra pdf --extra prove --extra quiz --extra web --group dev -o requirements/dev.txt
	$(LOCK) --python-version 3.10 pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt
	$(LOCK) --python-version 3.10 pyproject.toml --extra spark -c requirements/dev.txt -o requirements/spark.txt
	$(LOCK) --python-version 3.11 --group site -c requirements/dev.txt -o requirements/site.txt
	$(LOCK) --python-version 3.10 --group release -c requirements/dev.txt -o requirements/release.txt

clean:
	rm -rf $(VENV) build dist docs/reference docs/measured docs/contributing.md docs/changelog.md .pytest_cache .mypy_cache .ruff_cache .hypothesis
