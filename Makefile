# For newcomers: `make demo` shows the tool at work, `make test` proves it. Everything else is for
# contributors. Every target can be rerun at any time.

SHELL := bash

SWIFT ?= swift
# On Linux, Swift's libraries are linked statically: the command starts faster and runs without Swift installed.
ifeq ($(shell uname),Linux)
RELEASE = $(SWIFT) build -c release --static-swift-stdlib
else
RELEASE = $(SWIFT) build -c release
endif
TOOL ?= .build/release/image-preflight
SOURCES = Package.swift Sources Tests Benchmarks Fuzz Examples/*/Package.swift Examples/*/Sources Examples/*/Tests

# Every target is a command.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(MAKEFILE_LIST))

help:
	@awk -F':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Use

setup: ## install libvips, TurboJPEG and pkg-config if they are missing (apt-get or brew)
	@scripts/setup

release: setup ## build the command for use: .build/release/image-preflight
	$(RELEASE) --product image-preflight

DEMO ?= out/demo
DEMO_IMAGES = testdata/photos testdata/screenshots testdata/bad/mislabelled
# Some of these files must be refused, so status 1 is expected; 2 would be a failure.
show = @printf '\n$$ image-preflight %s\n' '$(1)'; $(TOOL) $(1) || [ $$? = 1 ]
demo: release ## check, price and prepare the images of testdata/
	@rm -rf "$(DEMO)"
	$(call show,estimate 1092x1092 1920x1080 4032x3024 --model claude-sonnet-5-5 --model claude-3-7-sonnet --format table)
	$(call show,check $(DEMO_IMAGES) --format table)
	$(call show,prepare $(DEMO_IMAGES) -o "$(DEMO)" --format table)
	$(call show,report "$(DEMO)/manifest.jsonl" -o "$(DEMO)/report.html")
	@printf '\nThe prepared images, their manifest and a page about them, report.html, are in %s. On images of your own:\n  %s check PATH\n' \
	    "$(DEMO)" "$(abspath $(TOOL))"

PICTURES ?= docs
screenshots: demo ## take the README's screenshots: the demo's report page, light and dark (installs Chromium)
	@[ -n "$$(type -P chromium chromium-browser google-chrome)" ] || scripts/need chromium fonts-dejavu-core
	@python3 Tests/Report/screenshots.py "$(DEMO)/report.html" "$(PICTURES)"

PREFIX ?= /usr/local
install: release ## install the command, its man page and completions below PREFIX
	@scripts/install "$(PREFIX)"

clean: ## remove what was built
	rm -rf .build out dist

##@ Develop

build: setup ## build for debugging
	$(SWIFT) build

test: setup ## build and run all tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --parallel

lint: ## check the sources against .swift-format
	$(SWIFT) format lint --strict --recursive $(SOURCES)

lint-scripts: ## check the shell scripts with shellcheck (installed if missing)
	@scripts/need shellcheck
	shellcheck .ci/run $$(grep -rlE '^#!/usr/bin/env bash' scripts)

test-legible: release ## measure pages of text and read them with an OCR program at several sizes (installed if apt-get is available)
	@scripts/test-legible

format: ## format the sources
	$(SWIFT) format --in-place --recursive $(SOURCES)

# The list matches the Swift Package Index.
DOCUMENTED = $(shell sed -n 's/.*documentation_targets: \[\(.*\)\]/\1/p' .spi.yml | tr , ' ')
docs: setup ## build the documentation of the library products; a warning is an error
	@mkdir -p .build/docs
	@# The DocC plugin cannot move its files below a path with a space.
	@# docc copies its page template with its owner, which fails quietly for a toolchain that belongs to another user.
	@scratch=.build; case "$$PWD" in *' '*) scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT ;; esac; \
	template=$$(dirname "$$(readlink -f "$$(command -v swift)")")/../share/docc/render; \
	if [ -d "$$template" ] && [ ! -O "$$template" ]; then \
	    cp -R "$$template/." .build/docc-template && export DOCC_HTML_DIR="$$PWD/.build/docc-template"; fi; \
	for target in $(or $(DOCUMENTED),$(error .spi.yml names no targets)); do \
	    $(SWIFT) package --scratch-path "$$scratch" --allow-writing-to-directory .build/docs generate-documentation --target $$target \
	    --warnings-as-errors --disable-indexing --output-path .build/docs/$$target.doccarchive || exit 1; done

RECORD ?= out/record
record: release ## record the output of `check`, `prepare` and `lint` in out/record; BEFORE=PROGRAM compares with another build
	@scripts/record $(TOOL) $(RECORD) $(BEFORE)

bench: release ## compare throughput with the installed peers; writes Benchmarks/RESULTS.md
	@scripts/bench

bench-quick: release ## compare `check` with opening each file with libvips
	@scripts/bench --quick

##@ Prove

test-unprivileged: ## rerun the tests of files and processes as another user, after `make test` (needs root)
	@scripts/test-unprivileged

test-packages: setup ## build and run packages outside the tree that depend on this one
	@scripts/test-packages

test-examples: setup ## build and test the packages in Examples/; builds Hummingbird, which takes minutes the first time
	@scripts/test-examples

build-extras: setup ## build Benchmarks and Fuzz, for debugging and without libFuzzer, because nothing else in CI builds them
	$(SWIFT) build --package-path Benchmarks
	$(SWIFT) build --package-path Fuzz --scratch-path out/fuzz/debug --target Fuzz

# BASE: a tag, a branch or a commit; by default the latest tag.
BASE ?= $(shell git describe --tags --abbrev=0 2>/dev/null)
api-diff: ## compare the public API with BASE, the latest tag by default
	@if [ -z "$(BASE)" ]; then echo "skipped: there is no tag to compare with"; \
	else $(SWIFT) package diagnose-api-breaking-changes "$(BASE)"; fi

ATTACKS ?=
torture: release ## attack the command: bombs, crashes, kills, races, ...; ATTACKS="kills 100 mutations 10000" selects
	@python3 scripts/torture --program $(TOOL) $(ATTACKS)

SECONDS ?= 60
fuzz: ## attack each parser with libFuzzer for SECONDS each
	@scripts/fuzz $(SECONDS) $(RUNS)

sanitize: setup ## run the tests under AddressSanitizer, UBSan and ThreadSanitizer
	@scripts/sanitize

test-mcp: build ## let the Model Context Protocol's own Python client talk to `mcp` (from PyPI, into out/)
	@scripts/venv out/mcp-client 'mcp>=2.3,<3'
	@out/mcp-client/bin/python Tests/MCP/test_mcp.py "$(CURDIR)/.build/debug/image-preflight" "$(CURDIR)/testdata"

# CORPUS: more folders of images.
CORPUS ?= ../shared/corpus ../shared/cases
PIXELS = $(wildcard $(addprefix testdata/,photos screenshots formats orientation pixels cases) $(CORPUS))
test-pixels: build ## compare outputs pixel by pixel with Pillow and lcms (from PyPI, into out/)
	@scripts/venv out/pixels/python 'pillow==13.0.0' 'numpy>=2.4,<3'
	@out/pixels/python/bin/python Tests/Pixels/compare.py "$(CURDIR)/.build/debug/image-preflight" out/pixels $(PIXELS)

test-report: build ## open reports in headless Chromium (installed if apt-get is available): filter, sort, screenshots in out/report
	@[ -n "$$(type -P chromium chromium-browser google-chrome)" ] || scripts/need --optional chromium fonts-dejavu-core
	@python3 Tests/Report/test_report.py .build/debug/image-preflight testdata out/report

test-tiles: build ## read small text from tiles with an OCR program (installed if missing)
	@scripts/need --optional tesseract-ocr tesseract-ocr-eng python3-pil fonts-dejavu-core
	@"$$(type -P /usr/bin/python3 python3 | head -1)" Tests/Tiles/ocr.py .build/debug/image-preflight out/tiles

COUNT ?= 5000
test-spark: release ## run the Spark job over COUNT images, kill workers, compare with one run (PyPI: 460 MB)
	@scripts/test-spark $(COUNT)

test-arm: ## run the AArch64 kernels of CDigest and CResampler under qemu and compare them with the plain ones
	@scripts/test-arm

test-newer-libvips: ## run the tests with pip's libvips, compare our declarations with newer headers
	@scripts/test-newer-libvips

##@ Package

dist: release ## make dist/: a tarball of the command, a Debian package if dpkg-deb is available, and their checksums
	@scripts/dist

# SUITES: releases of Debian or Ubuntu; the supported ones by default.
SUITES ?=
test-deb: dist ## install the Debian package in clean systems (SUITES), try it, remove it (needs root; installs debootstrap)
	@scripts/test-deb $(SUITES)
