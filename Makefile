# make          sets up what is missing, builds, executes the first chapter, and grades samples
# make course   the same with every chapter, and writes all notebooks anew
# make test     everything that must hold, in minutes
# make test-all the same and the slow checks: the stock Jupyter kernel, TensorFlow, Keras
# make lab      JupyterLab with the notebooks; make lab ARGS="--no-browser --port 9000"
# make bench    every measured figure
CARGO ?= cargo
BIN := target/debug

.PHONY: all setup build course test lint test-all lab bench clean

all: build
	@sh scripts/course.sh

setup:
	@sh scripts/setup.sh

build: setup
	@$(CARGO) build --workspace --bins --locked

course: build
	@sh scripts/course.sh --all

lint: setup
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked
	@sh scripts/words.sh

test: build lint
	$(CARGO) test --workspace --locked
	@sh scripts/as_user.sh
	$(BIN)/workbook build --check

test-all: export GENERATED = 500
test-all: export CLASS = 300
test-all: export SEEDS = 20
test-all: export MUTATED = 5000
test-all: export DAMAGED = all
test-all: test
	@sh scripts/tools.sh --stock-kernel
	sh scripts/slow.sh

lab: build
	@sh scripts/lab.sh $(ARGS)

bench: setup
	@sh scripts/bench.sh

clean:
	$(CARGO) clean
