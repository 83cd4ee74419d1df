# What a fresh Debian 12 machine lacks is installed by these commands, which say what. Needed beforehand: Swift 6.2 or
# newer (https://swift.org/install), make, root for the lab.
SWIFT_BUILD = swift build -c release --static-swift-stdlib --product pmm-ha
BINARY = .build/release/pmm-ha

.PHONY: build demo test test-fast test-ec2 test-vm drills lint bench completions clean

build: scripts/need
	@scripts/need swift
	$(SWIFT_BUILD)

demo: build ## a real cluster on this machine: built, broken, recovered
	@scripts/need lab
	$(BINARY) lab demo

test: ## everything: fast tests, real tools, real nodes
	@scripts/need lab lint ec2
	swift build --build-tests
	scripts/run-tests --skip SystemTests
	scripts/run-tests --filter SystemTests --skip VMSystemTests --skip EC2ExperimentTests --no-parallel

test-ec2: ## longer ones against an EC2 API: slow stops, an API that is away; about 25 minutes
	@scripts/need lab ec2
	swift build --build-tests
	scripts/run-tests --filter EC2ExperimentTests --no-parallel

test-vm: ## nodes with kernels of their own: about 25 minutes where they are emulated beside other work
	@scripts/need lab vm
	swift build --build-tests
	scripts/run-tests --filter VMSystemTests --no-parallel

drills: build ## every drill on the container lab, with a report of each; about 20 minutes
	@scripts/need lab
	$(BINARY) drill run --all --lab drills --reports .build/drills; status=$$?; $(BINARY) lab down --name drills; exit $$status

test-fast: ## what needs no nodes
	swift test --skip SystemTests

lint:
	@scripts/need lint
	swift format lint --strict --recursive --parallel Sources Tests Package.swift
	scripts/lint-shell

bench: build ## against the runbook by hand and peers, ratios in one run
	@scripts/need lab bench
	python3 bench/run.py --binary $(BINARY)

completions: build
	$(BINARY) --generate-completion-script bash > .build/pmm-ha.bash
	$(BINARY) --generate-completion-script zsh > .build/_pmm-ha

clean:
	swift package clean
