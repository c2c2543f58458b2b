# What a newcomer needs: `make demo` shows the tool at work, `make test` proves it. Everything else is for
# the people who work on it. Each target may be run again at any time.

SWIFT ?= swift
# On Linux Swift's libraries are linked in: the command starts faster, and runs where Swift is not installed.
ifeq ($(shell uname),Linux)
RELEASE = $(SWIFT) build -c release --static-swift-stdlib
else
RELEASE = $(SWIFT) build -c release
endif
DEMO ?= out/demo
PREFIX ?= /usr/local

# Every target is a command.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(MAKEFILE_LIST))

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-18s %s\n", $$1, $$2}'

setup: ## install libvips, TurboJPEG and pkg-config where they are missing (apt-get or brew)
	@scripts/setup

build: setup ## build for debugging
	$(SWIFT) build

release: setup ## build the command for use: .build/release/image-preflight
	$(RELEASE) --product image-preflight

demo: release ## check, price and prepare the images of testdata/
	@scripts/demo "$(DEMO)"

test: setup ## build and run all tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --parallel

test-unprivileged: ## run the tests of files and processes as another user, after `make test` (needs root)
	@scripts/test-unprivileged

test-report: build ## open reports in headless Chromium (installed where apt-get is): filter, sort, screenshots in out/report
	@scripts/test-report

test-tiles: build ## read small text from tiles with an OCR program (installed where apt-get is)
	@scripts/test-tiles

test-legible: release ## measure pages of text and read them with an OCR program, at several sizes (installed where apt-get is)
	@scripts/test-legible

format: ## format the sources
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks Fuzz Examples/*/Package.swift Examples/*/Sources Examples/*/Tests

test-packages: setup ## build and run packages outside of the tree against this one
	@scripts/test-packages

test-examples: setup ## build and test the packages of Examples/; builds Hummingbird, which takes minutes the first time
	@scripts/test-examples

test-mcp: build ## let the Model Context Protocol's own Python client talk to `mcp` (from PyPI, into out/)
	@scripts/test-mcp

test-pixels: build ## compare outputs pixel by pixel with Pillow and lcms (from PyPI, into out/)
	@scripts/test-pixels

lint: ## check the sources against .swift-format
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks Fuzz Examples/*/Package.swift Examples/*/Sources Examples/*/Tests

docs: setup ## build the documentation of the library products
	@scripts/docs

bench: release ## measure throughput beside the peers that are installed; writes Benchmarks/RESULTS.md
	@scripts/bench

bench-check: release ## measure `check` against opening each file with libvips
	@scripts/bench-check

RECORD ?= out/record
record: release ## record what `check`, `prepare` and `lint` say into out/record; BEFORE=PROGRAM compares with another build
	@scripts/record .build/release/image-preflight $(RECORD) $(BEFORE)

SECONDS ?= 60
fuzz: ## attack each parser with libFuzzer for SECONDS each
	@scripts/fuzz $(SECONDS) $(RUNS)

build-extras: setup ## build Benchmarks and Fuzz, for debugging and without libFuzzer: CI's look at what nothing else builds
	$(SWIFT) build --package-path Benchmarks
	$(SWIFT) build --package-path Fuzz --scratch-path out/fuzz/debug --target Fuzz

sanitize: setup ## run the tests under AddressSanitizer, UBSan and ThreadSanitizer
	@scripts/sanitize

install: release ## install the command, its man page and completions below PREFIX
	@scripts/install "$(PREFIX)"

dist: release ## make dist/: a tarball of the command, and a Debian package where dpkg-deb is
	@scripts/dist

test-deb: dist ## install the Debian package in a clean system, try it, remove it (needs root, debootstrap)
	@scripts/test-deb

COUNT ?= 5000
test-spark: release ## run the Spark job over COUNT images, kill workers, compare with one run (pip: 460 MB)
	@scripts/test-spark $(COUNT)

test-arm: ## run the kernels of CDigest and CResampler for AArch64 under qemu, beside the plain ones
	@scripts/test-arm

test-newer-libvips: ## run the tests against pip's libvips, compare our declarations with newer headers
	@scripts/test-newer-libvips

clean: ## remove what was built
	rm -rf .build out dist
