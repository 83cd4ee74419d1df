# What a fresh Debian 12 machine lacks is installed by these commands, which say what. Needed beforehand: Swift 6.2 or
# newer (https://swift.org/install), make, root for the lab.
SWIFT_BUILD = swift build -c release --static-swift-stdlib --product pmm-ha
BINARY = .build/release/pmm-ha

.PHONY: build demo test test-fast test-ec2 test-vm test-vm-storage fuzz drills drills-ec2 drills-vm drills-sbd play lint bench bench-vm completions clean

build: scripts/need
	@scripts/need swift
	$(SWIFT_BUILD)

demo: build ## a real cluster on this machine: built, broken, recovered
	@scripts/need lab
	$(BINARY) lab demo

# On nodes it is the optimised binary that is tried, the one that users have: it has failed where a debug build did not.
test test-ec2 test-vm test-vm-storage: export PMM_HA_BINARY = $(abspath $(BINARY))

test: build ## everything: fast tests, real tools, real nodes
	@scripts/need lab lint ec2
	swift build --build-tests
	scripts/run-tests --skip SystemTests
	scripts/run-tests --filter SystemTests --skip VMSystemTests --skip EC2ExperimentTests --no-parallel

test-ec2: build ## longer ones against an EC2 API: slow stops, an API that is away; about 25 minutes
	@scripts/need lab ec2
	swift build --build-tests
	scripts/run-tests --filter EC2ExperimentTests --no-parallel

test-vm: build ## nodes with kernels of their own: about 25 minutes where they are emulated
	@scripts/need lab vm
	swift build --build-tests
	scripts/run-tests --filter 'VMClusterTests|VMAdoptTests' --no-parallel

test-vm-storage: build ## storage on a third machine, paths, reservations, SBD, growth, repair: about an hour where they are emulated
	@scripts/need lab vm
	swift build --build-tests
	scripts/run-tests --filter 'VMStorageTests|VMMultipathTests|VMSBDTests|VMLifeTests' --no-parallel

drills: build ## every drill on the container lab, with a report of each; about 12 minutes
	@scripts/need lab
	@$(MAKE) --no-print-directory play LAB=drills UP= DRILLS=--all

drills-ec2: build ## those of instances: an API or a metadata service that is away, a slow stop; about 8 minutes
	@scripts/need lab ec2
	@$(MAKE) --no-print-directory play LAB=drills-ec2 UP="--cloud ec2" DRILLS="api-away api-away-crash metadata-away slow-stop"

drills-vm: build ## those of kernels, clocks and volumes, on virtual machines; about 15 minutes where they are emulated
	@scripts/need lab vm
	@$(MAKE) --no-print-directory play LAB=drills-vm UP="--driver vm" \
	  DRILLS="power-cut-active partition share-gone device-errors-active clock-jump-active clock-jump-passive"

drills-sbd: build ## those of a cluster whose nodes are fenced by SBD, on virtual machines; about 15 minutes where they are emulated
	@scripts/need lab vm
	@$(MAKE) --no-print-directory play LAB=drills-sbd UP="--driver vm --fencing sbd" \
	  DRILLS="power-cut-active partition slots-gone slots-gone-cut"

play: # plays DRILLS on a lab of their own, which goes whatever happens
	$(BINARY) lab up --name $(LAB) $(UP) && $(BINARY) drill run $(DRILLS) --lab $(LAB) --reports .build/$(LAB); \
	  status=$$?; $(BINARY) lab down --name $(LAB); exit $$status

test-fast: ## what needs no nodes
	swift test --skip SystemTests

fuzz: ## changed and cut-off answers of nodes, for FUZZ_SECONDS (an hour); FUZZ_SEED repeats a run
	FUZZ_SECONDS=$${FUZZ_SECONDS:-3600} swift test --filter 'UnansweredTests/fuzz'

lint:
	@scripts/need lint
	swift format lint --strict --recursive --parallel Sources Tests Package.swift
	scripts/lint-shell

bench: build ## against the runbook by hand and peers, ratios in one run
	@scripts/need lab bench
	python3 bench/run.py --binary $(BINARY)

bench-vm: build ## the data-centre guide by hand and by pmm-ha, on virtual machines
	@scripts/need lab vm bench
	python3 bench/run.py --binary $(BINARY) --driver vm --runs 2

completions: build
	$(BINARY) --generate-completion-script bash > .build/pmm-ha.bash
	$(BINARY) --generate-completion-script zsh > .build/_pmm-ha

clean:
	swift package clean
