# Two commands on a fresh machine: make certify, make test. Each sets up its .venv first.
CONNECTOR ?= stripe
GATEWAYS ?= stripe
VENV := .venv
BIN := $(VENV)/bin
RECORD := .venv-record
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
OUT := build/$(CONNECTOR)
# What `make report` draws: every run there is; name several of one connector to see its trend.
RESULTS ?= $(wildcard build/*/results.json)
# Byte code is a third of the start-up time; a shell that forbids it must not slow a run down.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: certify replay certify-all $(CERTIFIED:%=certify-%) certificates report gateways test mutants mutants-full bench size recordings record library constraints constraints-record clean

# A new run voids the certificate of the one before.
certify: $(VENV)/.installed
	@rm -f $(OUT)/certificate.json $(OUT)/badge.*
	$(BIN)/pytest suites --connector=$(CONNECTOR) --assay-certify --assay-results=$(OUT)/results.json \
	  --assay-allure=$(OUT)/allure --assay-evidence=$(OUT)/evidence --junitxml=$(OUT)/junit.xml

# From contracts alone: no simulator, no network. CONTRACTS is another folder of them.
replay: $(VENV)/.installed
	$(BIN)/pytest suites --connector=$(CONNECTOR) --assay-lane=replay $(CONTRACTS:%=--assay-contracts=%)

# Every connector whose gateway has a profile, two at a time; all of them run, whatever becomes of one.
CERTIFIED := $(filter-out __init__,$(basename $(notdir $(wildcard suites/profiles/*.py))))

certify-all: $(VENV)/.installed
	@status=0; \
	  $(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target $(CERTIFIED:%=certify-%) || status=1; \
	  $(BIN)/python -m reports build $$(ls $(CERTIFIED:%=build/%/results.json) 2>/dev/null) || status=1; exit $$status

# Without the results of an earlier run, which would stand for this one where it breaks down.
$(CERTIFIED:%=certify-%): certify-%:
	@mkdir -p build/$* && rm -f build/$*/results.json
	@$(MAKE) --no-print-directory certify CONNECTOR=$* > build/$*/terminal.txt 2>&1 \
	  && echo "$*: certified" || { tail -n 25 build/$*/terminal.txt; echo "$*: not certified"; exit 1; }

# Who signs. Without a key one is made here, which shows only that nobody touched a certificate since: give your own.
KEY ?= build/keys/assay-private.pem
PUBLIC ?= $(dir $(KEY))assay-public.pem
CERTIFICATES = $(RESULTS:results.json=certificate.json)

# A certificate and a badge beside each of the results, and a look whether they hold.
certificates: $(VENV)/.installed
	@test -f $(KEY) || $(BIN)/python -m reports keygen --out $(dir $(KEY))
	@rm -f $(CERTIFICATES); status=0; $(BIN)/python -m reports certify $(RESULTS) --key $(KEY) || status=$$?; \
	  for certificate in $$(ls $(CERTIFICATES) 2>/dev/null); do \
	    $(BIN)/python -m reports verify $$certificate --key $(PUBLIC) --bundle $$(dirname $$certificate) \
	    && $(BIN)/python -m reports badge $$certificate --key $(PUBLIC) || status=1; done; exit $$status

# The static site needs nothing but the results; the Allure report beside it needs Node 20 or later, and says so.
report: $(VENV)/.installed
	@test -n "$(RESULTS)" || { echo "There are no results yet: make certify, or make certify-all."; exit 4; }
	-@$(MAKE) --no-print-directory certificates
	$(BIN)/python -m reports build $(RESULTS) --out build/site
	$(BIN)/python -m reports.allure $(RESULTS) --out build/allure.html --work build/node --history build/allure-history.jsonl

gateways: $(VENV)/.installed
	$(BIN)/python -m mock_gateways serve $(GATEWAYS) $(OPTIONS)

test: $(VENV)/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -p xdist -p pytest_cov -n 2 --dist=worksteal -rs --cov --cov-report=term:skip-covered

mutants: $(VENV)/.installed
	$(BIN)/python -m tests.mutants

# What takes the better part of an hour: every line changed, every wire broken, every mutant against every requirement.
mutants-full: $(VENV)/.installed
	$(BIN)/python -m tests.mutants.wire
	$(BIN)/python -m tests.mutants.operators
	$(BIN)/python -m tests.mutants.matrix

bench: $(VENV)/.installed build/peers/.installed $(RECORD)/.installed
	$(BIN)/python -m tests.bench.stripe.connector
	$(BIN)/python -m tests.bench.stripe.simulator
	$(BIN)/python -m tests.bench.stripe.served
	$(BIN)/python -m tests.bench.contracts

# What others make, to be measured beside ours; without it the bench says so.
build/peers/.installed:
	$(PYTHON) -m venv build/peers
	-build/peers/bin/pip install --quiet localstripe && touch $@

size: $(VENV)/.installed
	$(BIN)/python -m tests.size

recordings: $(VENV)/.installed
	$(BIN)/python -m tests.recordings

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

# Records what a sandbox says while you drive your connector, or while RUN does; Ctrl-C ends it. See contracts/README.md.
OUTPUT ?= contracts/library

record: $(RECORD)/.installed
	@test -n "$(GATEWAY)" -a -n "$(UPSTREAM)" || { echo "make record GATEWAY=stripe UPSTREAM=https://api.stripe.com FLOW=sale"; exit 2; }
	$(RECORD)/bin/python -m contracts record --upstream $(UPSTREAM) --out $(OUTPUT) $(FLOW:%=--flow %) $(OPTIONS) $(GATEWAY) $(if $(RUN),-- $(RUN))

# The simulators' recordings, all of them anew.
library: $(RECORD)/.installed
	$(RECORD)/bin/python -m tests.contracts.library

$(RECORD): $(RECORD)/.installed
$(RECORD)/.installed: pyproject.toml constraints-record.txt
	$(PYTHON) -m venv $(RECORD)
	PIP_CONSTRAINT=constraints-record.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(RECORD)/bin/pip install --quiet --editable '.[record]'
	touch $@

constraints-record:
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	build/constraints/bin/pip install --quiet '.[record]'
	{ echo '# Every version in .venv-record, directly or not. Regenerate with: make constraints-record'; \
	  build/constraints/bin/pip freeze | grep -v '^assay '; } > constraints-record.txt

# Pins whatever a fresh environment resolves to; read the difference before committing it.
constraints:
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	build/constraints/bin/pip install --quiet '.[dev]'
	{ echo '# Every version that make installs, directly or not. Regenerate with: make constraints'; \
	  build/constraints/bin/pip freeze | grep -v '^assay '; } > constraints.txt

clean:
	rm -rf build dist .hypothesis .*_cache
