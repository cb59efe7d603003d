# make          sets up what is missing, builds, and runs the course
# make test     everything that must hold, in minutes
# make test-all the same and the slow checks: the stock Jupyter kernel, TensorFlow, Keras
# make lab      JupyterLab with the notebooks; make lab ARGS="--no-browser --port 9000"
# make bench    every measured figure
CARGO ?= cargo
BIN := target/debug

.PHONY: all setup build course test lint test-all lab bench clean

all: course

setup:
	@sh scripts/setup.sh

build: setup
	@$(CARGO) build --workspace --locked

course: build
	@sh scripts/course.sh

lint: setup
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked

test: build lint
	$(CARGO) test --workspace --locked
	$(BIN)/workbook build --check

test-all: test
	@sh scripts/tools.sh --stock-kernel
	sh scripts/slow.sh

lab: build
	@sh scripts/lab.sh $(ARGS)

bench: setup
	@sh scripts/bench.sh

clean:
	$(CARGO) clean
