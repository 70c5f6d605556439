# Whence. `make` alone lists what there is. Two commands matter: make search q="…" and make test.
.DEFAULT_GOAL := help
.PHONY: help setup index search test lint types unit slow format lock model bench client-types picture clean
SHELL := /bin/sh
BIN := .venv/bin
dir ?= .
LOCKED := requirements/build.txt pyproject.toml scripts/setup.sh

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

search: .venv/made-runtime ## search a folder: make search q="where is a file split into chunks" [dir=PATH]
	@test -n '$(subst ','\'',$(q))' || { echo 'Say what to look for: make search q="where is a file split into chunks" [dir=PATH]' >&2; exit 2; }
	@$(BIN)/whence search --root '$(subst ','\'',$(dir))' -- '$(subst ','\'',$(q))'

index: .venv/made-runtime ## index a folder: make index [dir=PATH]
	@$(BIN)/whence index --root '$(subst ','\'',$(dir))'

setup: .venv/made-dev ## make .venv with everything needed to work on Whence

test: lint types unit slow ## set up and run every check and test

lint: .venv/made-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/made-dev
	$(BIN)/mypy

unit: .venv/made-dev
	$(BIN)/python -m pytest -q -n auto -m "not slow"

slow: .venv/made-dev
	$(BIN)/python -m pytest -q -m slow

format: .venv/made-dev ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/made-dev ## run the benchmarks: make bench [corpora=DIR with <owner>+<name>/repo folders]
	$(BIN)/python -m benchmarks.run $(if $(corpora),--corpora '$(corpora)')

model: ## rebuild models/ from the published weights (needs PyTorch; see models/README.md)
	models/make.sh

client-types: .venv/made-dev ## write client/src/protocol.ts and the settings in package.json from the server's tables
	$(BIN)/python -m scripts.write_client

lock: ## write the locked requirements anew (needs uv)
	scripts/lock.sh

picture: .venv/made-runtime ## draw the README's pictures from real searches (one in Neovim)
	$(BIN)/python -m scripts.draw_picture
	$(BIN)/python -m scripts.draw_neovim

clean: ## remove .venv and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build

.venv/made-runtime: requirements/runtime.txt $(LOCKED)
	@test -f .venv/made-dev || scripts/setup.sh runtime
	@touch $@

.venv/made-dev: requirements/dev.txt requirements/runtime.txt $(LOCKED)
	@scripts/setup.sh dev
	@touch $@ .venv/made-runtime
