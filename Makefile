# What a person types every day. `make help` lists it; each target does its own set-up first.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

BIN := .venv/bin
PYTHON_IN := $(BIN)/python
KERNEL := --manifest-path features_rs/Cargo.toml --locked
LOAD_CLIENT := --manifest-path benchmarks/load/client/Cargo.toml --locked
RIVALS_CLIENT := --manifest-path benchmarks/rivals/client/Cargo.toml --locked
# The binding crate is built for the environment's Python, whatever `python3` is.
export PYO3_PYTHON := $(CURDIR)/.venv/bin/python

.PHONY: help setup setup-airflow setup-monitoring demo test check format generate bench bench-growth bench-rivals check-speed profile stack bench-detection soak-stream clean

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

setup: ## Make .venv and build the kernel (every command below does it by itself)
	@tools/setup

setup-monitoring: setup ## Get Prometheus, Alertmanager and Chromium (tests do it by themselves)
	@tools/setup-monitoring
	@tools/setup-browser

setup-airflow: setup ## Make .venv-airflow, where the DAGs run (tests and checks do it by themselves)
	@tools/setup-airflow

demo: setup load-client ## Simulate, train, serve and score live payments; prints one table
	@$(BIN)/fraud demo

test: setup test-rust test-python ## Run every test

check: setup check-format check-lints check-types check-contracts check-generated ## Formats, lints, types, contracts, generated files

format: setup ## Format all code
	@$(BIN)/ruff format
	@$(BIN)/ruff check --select I --fix --quiet
	@cargo fmt --manifest-path features_rs/Cargo.toml --all
	@cargo fmt --manifest-path benchmarks/load/client/Cargo.toml
	@cargo fmt --manifest-path benchmarks/rivals/client/Cargo.toml
	@$(BIN)/buf format --write proto --path proto/fraud

generate: setup ## Write the generated code and docs from the contracts
	@proto/generate.sh
	@$(PYTHON_IN) -m tools.docs
	@$(PYTHON_IN) -m ops.dashboards

bench: setup load-client ## Measure latency on the wire beside a null call; judges the bars
	@$(PYTHON_IN) -m benchmarks.load

bench-growth: setup load-client ## How cost grows with accounts, history, trees, connections; ten minutes
	@$(PYTHON_IN) -m benchmarks.growth

check-speed: setup ## Fails when a step of a score became dearer than the record, by instructions or ratios
	@$(PYTHON_IN) -m benchmarks.regress
	@$(PYTHON_IN) -m benchmarks.regress --plant 20 --case validate

profile: setup load-client ## Flame graph of a scorer under load, as flames.svg (py-spy)
	@$(PYTHON_IN) -m benchmarks.profile

bench-rivals: setup ## The same model served by what others would pick, beside ours; ten minutes
	@tools/setup-rivals
	@$(PYTHON_IN) -m benchmarks.rivals --page docs/rivals.md

stack: setup setup-airflow setup-monitoring ## Run the whole platform on this machine; `fraud stack down` ends it
	@$(BIN)/fraud stack up

bench-detection: setup ## Published baselines and ours on public simulated payments (set FRAUD_TEST_DATA)
	@$(PYTHON_IN) -m benchmarks.detection

soak-stream: setup ## Ten minutes of stream, its processes killed again and again; all copies must agree
	@$(PYTHON_IN) -m benchmarks.pipeline.soak

clean: ## Remove what was built and what was written by running it
	@rm -rf .venv .venv-airflow .fraud features_rs/target benchmarks/load/client/target \
	  benchmarks/rivals/client/target features_rs/*.so \
	  .benchmarks .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Parts of the above, to run one alone.
.PHONY: load-client test-rust test-python
.PHONY: check-format check-lints check-types check-contracts check-generated

# Built before what uses it, so that no test's time limit and no demo's clock runs meanwhile.
load-client: setup
	@cargo build --quiet --release $(LOAD_CLIENT)

# The binding crate is tested from Python. The client is built as it is for use, not twice.
test-rust: setup
	cargo test --quiet $(KERNEL) --package fraud-features --package fraud-features-wire \
	  --package fraud-features-serve
	cargo test --quiet $(LOAD_CLIENT) --release

test-python: setup setup-airflow setup-monitoring load-client
	$(PYTHON_IN) -m pytest --durations=15

check-format: setup
	$(BIN)/ruff format --check
	cargo fmt --manifest-path features_rs/Cargo.toml --all --check
	cargo fmt --manifest-path benchmarks/load/client/Cargo.toml --check
	cargo fmt --manifest-path benchmarks/rivals/client/Cargo.toml --check
	$(BIN)/buf format --diff --exit-code proto --path proto/fraud

check-lints: setup
	$(BIN)/ruff check
	cargo clippy --quiet $(KERNEL) --workspace --all-targets -- -D warnings
	cargo clippy --quiet $(LOAD_CLIENT) --all-targets -- -D warnings
	cargo clippy --quiet $(RIVALS_CLIENT) --all-targets -- -D warnings

# The DAGs are checked against the Airflow that they run in.
check-types: setup setup-airflow
	$(BIN)/mypy
	MYPYPATH=airflow_dags/dags $(BIN)/mypy --python-executable .venv-airflow/bin/python airflow_dags/dags

check-contracts: setup
	$(BIN)/buf lint proto
	$(BIN)/buf breaking proto --against proto/baseline.binpb

check-generated: setup
	proto/generate.sh --check
	$(PYTHON_IN) -m tools.docs --check
	$(PYTHON_IN) -m ops.dashboards --check
	$(BIN)/uv lock --check --quiet --python $(PYTHON_IN)
	$(BIN)/uv lock --check --quiet --python $(PYTHON_IN) --project airflow_dags
