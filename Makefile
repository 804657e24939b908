# planpress: the commands of every day. Each works as the first one on a fresh machine.
SHELL := /bin/bash
BIN := .venv/bin

.PHONY: help setup demo test bench storm soak lint clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)$$/  make \1\t\2/' | expand -t 16

setup: ## install planpress, its tests and their tools into .venv
	@scripts/bootstrap.sh test

demo: ## build all documents of the sample accounts in inbox/ into outbox/
	@scripts/bootstrap.sh demo
	@$(BIN)/planpress build || [ $$? -eq 1 ] # 1: findings stopped something, as they should with these samples
	@ls outbox/*/edition.json >/dev/null # a program that fell over ends with 1, too, but publishes nothing
	@echo "The documents are in outbox/."

test: lint ## check the code, then run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q -rs

bench: setup ## compare with the bare libraries; prints the ratios
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.throughput
	@$(BIN)/python -m benchmarks.watching

MINUTES ?= 30
SEED ?= 1
LEDGER ?= sqlite

storm: setup ## save 50 accounts while the watcher is killed, for MINUTES=30, SEED=1, LEDGER=sqlite or postgresql
	@mkdir -p build
	@$(BIN)/python -m tests.support.storming --minutes $(MINUTES) --seed $(SEED) --ledger $(LEDGER) --log build/storm.log

soak: setup ## save 200 accounts 2,000 times and look at the watcher's memory; interrupted, it goes on where it was
	@$(BIN)/python -m tests.support.soaking --folder build/soak

lint: setup ## style, types, import directions, dead code
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@report=$$($(BIN)/lint-imports --no-logo) || { echo "$$report"; exit 1; }
	@$(BIN)/vulture
	@echo "lint: style, types, import directions and dead code are fine."

clean: ## remove what was installed; workbooks, documents and the ledger stay
	@rm -rf .venv .venv.log .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
