# Whence. `make` alone lists what there is. Two commands matter: make search q="…" and make test.
.DEFAULT_GOAL := help
.PHONY: help setup index search test lint types unit slow e2e format lock model bench bench-peers bench-quality bench-models train vsix client-types picture client-pictures clean
.PHONY: client-lint client-check client-unit server-lint server-check server-unit server-slow
SHELL := /bin/sh
export PATH := $(CURDIR)/build/node/bin:$(PATH)
BIN := .venv/bin
dir ?= .
LOCKED := requirements/build.txt pyproject.toml scripts/setup.sh
MODULES := node_modules/.package-lock.json

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

search: .venv/made-runtime ## search a folder: make search q="where is a file split into chunks" [dir=PATH]
	@test -n '$(subst ','\'',$(q))' || { echo 'Say what to look for: make search q="where is a file split into chunks" [dir=PATH]' >&2; exit 2; }
	@$(BIN)/whence search --root '$(subst ','\'',$(dir))' -- '$(subst ','\'',$(q))' || { code=$$?; test $$code -eq 1 || exit $$code; }

index: .venv/made-runtime ## index a folder: make index [dir=PATH]
	@$(BIN)/whence index --root '$(subst ','\'',$(dir))'

setup: .venv/made-dev ## make .venv with everything needed to work on Whence

test: lint types unit slow ## set up and run every check and test

lint: server-lint client-lint

types: server-check client-check

unit: server-unit client-unit ## the fast tests alone

slow: server-slow e2e

server-lint: .venv/made-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

server-check: .venv/made-dev
	$(BIN)/mypy

server-unit: .venv/made-dev
	$(BIN)/python -m pytest -q -n auto -m "not slow"

server-slow: .venv/made-dev
	$(BIN)/python -m pytest -q -m slow

client-lint: $(MODULES)
	npx --no-install eslint --max-warnings 0 client
	npx --no-install prettier --log-level warn --check client package.json

client-check: $(MODULES)
	npx --no-install tsc -p client --noEmit

client-unit: $(MODULES)
	node client/scripts/test.mjs

e2e: .venv/made-dev $(MODULES) ## the extension's stories in a real VS Code workbench: make e2e [stories="search status"]
	scripts/test-workbench.sh $(stories)

format: .venv/made-dev $(MODULES) ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	npx --no-install eslint --fix client
	npx --no-install prettier --log-level warn --write client package.json

bench: .venv/made-dev ## run the benchmarks: make bench [corpora=DIR with <owner>+<name>/repo folders]
	$(BIN)/python -m benchmarks.run $(if $(corpora),--corpora '$(corpora)')

bench-peers: .venv/made-dev ## compare with semble, VectorCode and ripgrep: make bench-peers labels=DIR [corpora=DIR] [work=DIR] [only="gin gson"]
	$(BIN)/python -m benchmarks.quality.peers $(if $(labels),--labels '$(labels)') $(if $(corpora),--corpora '$(corpora)') $(if $(work),--work '$(work)') $(foreach repo,$(only),--only '$(repo)')

bench-quality: .venv/made-dev ## measure how good answers are: make bench-quality [labels=DIR with semble-dev/] [corpora=DIR as above]
	$(BIN)/python -m benchmarks.quality.run $(if $(labels),--labels '$(labels)') $(if $(corpora),--corpora '$(corpora)')

model: ## rebuild models/ from the published weights (needs PyTorch; see models/README.md)
	models/make.sh

train: ## train the models that ship: make train work=DIR minutes=N [corpora=DIR] (needs PyTorch; a CPU will do)
	models/train.sh '$(work)' '$(minutes)' $(if $(corpora),'$(corpora)')

bench-models: .venv/made-dev ## compare model folders by vectors alone: make bench-models models="A B" [labels=DIR] [corpora=DIR]
	PYTHONPATH=models $(BIN)/python -m benchmarks.quality.models $(models) $(if $(labels),--labels '$(labels)') $(if $(corpora),--corpora '$(corpora)')

vsix: $(MODULES) ## package the extension with server and models: dist/whence-<version>.vsix
	node client/scripts/vsix.mjs

client-types: .venv/made-dev ## write client/src/protocol.ts and the settings in package.json from the server's tables
	$(BIN)/python -m scripts.write_client

lock: ## write the locked requirements anew (needs uv)
	scripts/lock.sh

picture: .venv/made-runtime ## draw the README's pictures from real searches (one in Neovim)
	$(BIN)/python -m scripts.draw_picture
	$(BIN)/python -m scripts.draw_neovim

client-pictures: .venv/made-dev $(MODULES) ## take the pictures of the extension, from the same workbench as its stories
	WHENCE_WORKBENCH=required scripts/test-workbench.sh --pictures

clean: ## remove .venv and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build node_modules client/dist

.venv/made-runtime: requirements/runtime.txt $(LOCKED)
	@test -f .venv/made-dev || scripts/setup.sh runtime
	@touch $@

.venv/made-dev: requirements/dev.txt requirements/runtime.txt $(LOCKED)
	@scripts/setup.sh dev
	@touch $@ .venv/made-runtime

$(MODULES): package-lock.json | build/node/bin/node
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build/node/bin/node: | .venv/made-dev
	scripts/install-node.sh
