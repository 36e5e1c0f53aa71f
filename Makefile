# Baton. `make run` opens the console on the embedded stage; `make test` runs every test. Both set up what they miss.

SHELL := /bin/bash
SWIFT ?= swift
DEBUG := .build/debug/baton
RELEASE := .build/release/baton
# At a fixed address nothing has to be relocated, which is a third of the pages that starting touches.
LINK := -Xlinker -no-pie -Xlinker --strip-debug
SOURCES := Sources Tests Package.swift

.PHONY: help setup run test test-swift test-terminal soak build check format release install simulate mutants retention-worlds bench docs golden clean

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## Install the Debian packages that building and testing need
	@Resources/scripts/setup

run: setup build ## Open the console on the embedded stage
	@$(DEBUG) stage

build: setup ## Build everything, for debugging
	@$(SWIFT) build --product baton

test: setup ## All tests; what failed is listed at the end
	@SWIFT=$(SWIFT) Resources/scripts/test

test-swift: ## Tests of the modules
	@SWIFT=$(SWIFT) Resources/scripts/test modules

test-terminal: ## The program in a real terminal, with real processes and load behind it
	@SWIFT=$(SWIFT) Resources/scripts/test terminal

soak: setup ## Tests again and again, next to busy processes; goes on where it stopped: SOAK="--runs 5 --times 20 ..."
	@$(SWIFT) build --build-tests
	@$(SWIFT) build --product baton
	@SWIFT=$(SWIFT) Resources/scripts/soak $(SOAK)

check: ## Style, as strict as the build
	@$(SWIFT) format lint --recursive --strict $(SOURCES)

format: ## Put the style right
	@$(SWIFT) format --in-place --recursive $(SOURCES)

release: setup ## An optimised program with Swift's libraries inside: .build/release/baton
	@$(SWIFT) build -c release --product baton --static-swift-stdlib $(LINK)

install: release ## Put it into PREFIX (default /usr/local)
	@install -D -m 0755 $(RELEASE) $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/baton

simulate: setup ## Promotions in simulated worlds: SEEDS=n FROM=s
	@$(SWIFT) build -c release --product simulate
	@.build/release/simulate $(or $(FROM),1) $(or $(SEEDS),1000)

retention-worlds: setup ## Retention plans in random worlds: WORLDS=n FROM=s
	@$(SWIFT) build -c release --product worlds --static-swift-stdlib $(LINK)
	@.build/release/worlds $(or $(FROM),1) $(or $(WORLDS),1000000)

mutants: setup ## Mistakes in the engine, each made in a copy of it: the simulation must catch them. SEEDS=n for each at most
	@Tests/Mutants/run $(or $(SEEDS),4000)

bench: release ## Measure the budgets, each beside a peer in the same run
	@Resources/scripts/bench $(RELEASE)

docs: ## What the code says about itself: keys and commands, into Resources/docs
	@Resources/scripts/docs

golden: ## The screens that the tests keep, into Tests/Golden: look at the difference before it is committed
	@BATON_WRITE_KEPT=1 $(SWIFT) test --filter GoldenTests | tail -n 1

clean: ## Remove what was built; the stage in .stage is stopped first
	@if [ -x $(DEBUG) ] && [ -d .stage ]; then $(DEBUG) stage --stop || true; fi
	@rm -rf .build .stage
