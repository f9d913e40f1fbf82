# `make` shows what there is. Everything is kept in this directory: .venv/ (packages) and var/ (data).

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test faults lighthouse looks setup check bench bench-compare lock messages clean

# A command of this name may exist and not work (a version manager's stub), so each is tried. The system's own come
# first: distributions build them optimised, version managers often do not, and those take a third longer for the tests.
WORKS := -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
NAMES := python3.13 python3.12 python3.11 python3
PYTHON ?= $(shell for python in $(NAMES:%=/usr/bin/%) $(NAMES); do $$python $(WORKS) && echo $$python && break; done)

# Packages come from the lock alone, and zones from the tzdata package alone.
export PYTHONTZPATH =
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# A dozen processes start in a run, and hundreds in the tests: each would compile everything anew.
export PYTHONDONTWRITEBYTECODE =
# An interpreter that has gone, or an interrupted beginning: .venv is made anew.
$(shell .venv/bin/python $(WORKS) || rm -f .venv/*.stamp)
PIP_INSTALL := .venv/bin/python -m pip install -qq --root-user-action=ignore --require-hashes

CATALOGS := $(patsubst %.po,%.mo,$(wildcard config/locale/*/LC_MESSAGES/*.po))

help:
	@echo "make run       starts Dayband with a demonstration (PORT=8001 for another port, HOST=0.0.0.0 for the network)"
	@echo "make test      runs all tests (ARGS='-k booking' for some)"
	@echo "make faults    runs the tests of races and failures at their full sizes"
	@echo "make lighthouse  lets Lighthouse judge the pages on which times are chosen (needs Node 20 and npx)"
	@echo "make looks     looks at every page in every language, theme and width (LANGUAGES='ar ja' PAGES=/offers/ for some)"
	@echo "make setup     prepares .venv for development"
	@echo "make check     runs every linter, type checker and consistency check"
	@echo "make bench     measures, and prints the figures (make bench-compare OLD=old.json compares two runs)"
	@echo "make messages  collects the texts to translate into config/locale "
	@echo "make lock      locks the requirements of pyproject.toml (UPGRADE=--upgrade for newer releases)"
	@echo "make clean     removes .venv and var, and with them the demonstration's data"

run: .venv/run.stamp $(CATALOGS)
	@exec .venv/bin/python -m config.supervisor

test: setup
	@.venv/bin/python -m tests.browser.chromium
	@.venv/bin/python -m pytest --numprocesses=4 --dist=worksteal $(ARGS)

faults: setup
	@FAULTS=full .venv/bin/python -m pytest $(ARGS) tests/concurrency tests/faults

lighthouse: setup
	@node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' && command -v npx >/dev/null || { \
		echo "Lighthouse needs Node 20 or newer, with npx, on the PATH" >&2; exit 1; }
	@.venv/bin/python -m tests.browser.chromium
	@.venv/bin/python -m pytest -s -p no:randomly tests/browser/lighthouse.py

looks: setup
	@.venv/bin/python -m tests.browser.chromium
	@LANGUAGES="$(LANGUAGES)" PAGES="$(PAGES)" .venv/bin/python -m pytest -q -s -p no:randomly tests/browser/looks.py

setup: .venv/dev.stamp $(CATALOGS)

check: setup
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --cache-dir var/cache/import_linter
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/python manage.py makemigrations --check --dry-run
	.venv/bin/python manage.py check

bench: setup
	@.venv/bin/python -m tests.bench

bench-compare: setup
	@.venv/bin/python -m tests.bench.compare $(OLD)

messages: setup
	.venv/bin/python manage.py catalogues

# Without the addresses of package indexes, so that the lock holds wherever the packages come from.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --custom-compile-command "make lock" --quiet $(UPGRADE)
lock: .venv/python.stamp
	.venv/bin/python -m venv var/uv
	var/uv/bin/python -m pip install -qq uv
	var/uv/bin/$(LOCK) --output-file requirements/production.txt
	var/uv/bin/$(LOCK) --group embedded --output-file requirements/run.txt
	var/uv/bin/$(LOCK) --group dev --output-file requirements/dev.txt
	rm -rf var/uv

clean:
	rm -rf .venv var $(CATALOGS)

.venv/python.stamp:
	@test -n "$(PYTHON)" || { echo "Dayband needs Python 3.11, 3.12 or 3.13 with its venv module (Debian: python3-venv)," \
		"and none that works is on the PATH. Install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) $(WORKS) || { echo "Dayband needs Python 3.11, 3.12 or 3.13 with its venv module:" \
		"$(PYTHON) is not such a one." >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/run.stamp: requirements/run.txt | .venv/python.stamp
	@echo "Installing the packages (the first time takes a minute) …"
	@$(PIP_INSTALL) --requirement $<
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/python.stamp
	@echo "Installing the packages for development (the first time takes a minute) …"
	@$(PIP_INSTALL) --requirement $<
	@touch $@

%.mo: %.po | .venv/python.stamp
	@.venv/bin/python -m babel.messages.frontend --quiet compile --input-file $< --output-file $@
