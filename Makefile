# `make demo` shows a whole call; `make test` proves the rest. Both install what they need, once.
.PHONY: help setup setup-web setup-test web build demo run test lint deny bench fuzz
.DEFAULT_GOAL := help
export PATH := $(HOME)/.cargo/bin:$(PATH)

# Debian packages: to compile (whisper.cpp, Piper's eSpeak NG), to speak, and to test with.
BUILD_PACKAGES := cmake g++ pkg-config libclang-dev libsonic-dev libssl-dev
RUN_PACKAGES   := libespeak-ng1 espeak-ng-data
TEST_PACKAGES  := espeak-ng sip-tester baresip-core sox opus-tools asterisk-core-sounds-es-wav asterisk-prompt-es-co python3-pip
# The designer's page: Node.js 18 or later with npm, of Debian unless there is one; and a browser to test it with.
WEB_PACKAGES   := $(if $(shell command -v npm),,nodejs npm)
BROWSER        := chromium fonts-dejavu-core
TOOLS          := target/tools
PAGE           := engine/web/dist/main.js

help:
	@echo "make demo   a citizen calls and books an appointment, over real SIP and RTP (installs and builds first)"
	@echo "make run    the server stays up: call it with any softphone"
	@echo "make test   everything that CI runs"
	@echo "make bench  the numbers of docs/BENCHMARKS.md"
	@echo "make fuzz   each parser's fuzz target for a minute (wants a nightly compiler)"

setup:
	@.ci/install $(BUILD_PACKAGES) $(RUN_PACKAGES)

setup-web:
	@.ci/install $(WEB_PACKAGES)

# What `npm ci` installs, once for each lock file.
%/node_modules/.package-lock.json: %/package-lock.json | setup-web
	cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

setup-test: setup tests/web/node_modules/.package-lock.json
	@.ci/install $(TEST_PACKAGES) $(BROWSER)
	@models/tts/scripts/fetch-onnxruntime.sh $(abspath $(TOOLS)) >/dev/null
# Real weights for the tests that hear with them: these fail with a line where they could not be had.
	@cargo run --release --quiet -p catalogue --example pull -- whisper-base $(abspath target/models) >/dev/null || true

web: $(PAGE)

$(PAGE): engine/web/node_modules/.package-lock.json $(wildcard engine/web/*.json engine/web/*.mjs engine/web/src/* engine/web/src/*/*)
	cd engine/web && npm run --silent build

build: setup web
	cargo build --release -p digame -p e2e --bins

demo: build
	target/release/digame demo

run: build
	target/release/digame serve

lint:
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- -D warnings

deny:
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny --all-features check bans licenses sources

# The tests build every binary themselves, with the same features: nothing is compiled twice.
test: setup-test web lint deny
	DIGAME_ONNXRUNTIME=$$(models/tts/scripts/fetch-onnxruntime.sh $(abspath $(TOOLS))) cargo test --release --workspace

# For instance BENCH="ear --recordings manifest.tsv".
BENCH ?=
bench: setup-test build
	cargo run --release -p bench -- $(BENCH)

FUZZ_SECONDS ?= 60
fuzz: setup
	@command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
	@for room in telephony/sip telephony/rtp dialogs models/asr; do \
	  for target in $$(cd $$room && cargo +nightly fuzz list); do \
	    echo "$$room: $$target"; \
	    (cd $$room && mkdir -p fuzz/target/found/$$target fuzz/corpus/$$target && \
	      cargo +nightly fuzz run $$target fuzz/target/found/$$target fuzz/corpus/$$target -- \
	        -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -print_final_stats=1) || exit 1; \
	  done; \
	done
