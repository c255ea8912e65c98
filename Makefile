# The targets with a ## comment are the ones meant for people: `make help`.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)
GOLANGCI_LINT := go tool -modfile=tools/go.mod golangci-lint

# Install scripts stay off: one transitive package's script downloads a
# binary, and nothing here needs any of them.
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error

# Everything that `make generate` writes and that is committed.
GENERATED := internal/bindings internal/httpapi internal/console web/frame/page/vendor

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/latchkey
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/latchkey ./cmd/latchkey

.PHONY: dev
dev: build ## Start the server with an embedded chain; state is kept in .latchkey/
	bin/latchkey dev

.PHONY: demo
demo: build ## Do the main job once on a throw-away server and print each step
	bin/latchkey demo

.PHONY: test
test: ## Run everything: Go on both databases, contracts, gas snapshots, official SDKs
	scripts/test

.PHONY: test-go
test-go: ## Run the Go tests, with a throw-away PostgreSQL where one is installed
	scripts/with-postgres go test -timeout 15m ./...

.PHONY: test-race
test-race: ## Run the Go tests of everything that runs at once under the race detector
	scripts/with-postgres go test -race -timeout 15m ./internal/store/... ./internal/intent/... ./internal/bundler/... ./internal/job/... ./internal/httpapi/...

.PHONY: test-contracts
test-contracts: contracts/node_modules/.package-lock.json ## Run the forge tests and compare the gas snapshots
	cd contracts && npm test --silent && npm run --silent snapshot:check

.PHONY: test-frame
test-frame: ## Run the tests of the wallet page's modules in Node
	cd web/frame && npm test --silent

.PHONY: test-conformance
test-conformance: conformance/js/node_modules/.package-lock.json build ## Run the official SDKs, viem, ethers and curl against bin/latchkey
	LATCHKEY_BIN=$(CURDIR)/bin/latchkey npm test --silent --prefix conformance/js

.PHONY: e2e-keys
e2e-keys: conformance/js/node_modules/.package-lock.json conformance/browser/node_modules/.package-lock.json build ## Use passkeys and WebCrypto keys of headless Chromium as session keys and as owners
	@LATCHKEY_BIN=$(CURDIR)/bin/latchkey node conformance/browser/main.mjs

.PHONY: e2e-dashboard
e2e-dashboard: conformance/js/node_modules/.package-lock.json conformance/dashboard/node_modules/.package-lock.json build ## Use the dashboard in headless Chromium; pictures of every page are in conformance/dashboard/out
	@LATCHKEY_BIN=$(CURDIR)/bin/latchkey node conformance/dashboard/main.mjs

.PHONY: e2e-wallet
e2e-wallet: conformance/js/node_modules/.package-lock.json conformance/browser/node_modules/.package-lock.json examples/session-keys/node_modules/.package-lock.json build ## Use the sample app in headless Chromium: users, wallets, sessions, recovery
	@LATCHKEY_BIN=$(CURDIR)/bin/latchkey node conformance/browser/wallet.mjs

.PHONY: e2e-frame
e2e-frame: conformance/js/node_modules/.package-lock.json conformance/browser/node_modules/.package-lock.json build ## Attack the wallet page in headless Chromium
	@LATCHKEY_BIN=$(CURDIR)/bin/latchkey node conformance/browser/frame.mjs

.PHONY: generate
generate: contracts/node_modules/.package-lock.json web/frame/node_modules/.package-lock.json ## Rebuild contract artefacts, Go bindings, API types and the wallet page's libraries
	go generate ./...

.PHONY: verify
verify: generate ## Fail if a generated file is not current
	@changed=$$(git status --porcelain --untracked-files=all -- $(GENERATED)); \
	if [ -n "$$changed" ]; then \
	  git --no-pager diff --stat -- $(GENERATED); \
	  printf 'verify: generated files are not current; commit what "make generate" writes:\n%s\n' "$$changed" >&2; exit 1; \
	fi

.PHONY: lint
lint: ## Run the linters on all Go code
	$(GOLANGCI_LINT) run ./...

.PHONY: bench
bench: ## Measure boot, create, and signature to receipt, beside the chain's own time
	go run ./bench/flow

.PHONY: bench-gas
bench-gas: contracts/node_modules/.package-lock.json ## Measure the gas of each step beside other systems, and write bench/out/gas.json
	@go run ./bench/gas

.PHONY: gas-snapshot
gas-snapshot: contracts/node_modules/.package-lock.json ## Measure the gas of each step, and keep the figures in the snapshot and docs/benchmarks.md
	@go run ./bench/gas -update

.PHONY: test-gas
test-gas: contracts/node_modules/.package-lock.json ## Fail if a bundle costs more gas than in bench/gas/snapshot.json
	@go run ./bench/gas -check

.PHONY: bench-dashboard
bench-dashboard: ## Measure the dashboard's pages at 100,000 sessions and 1,000,000 intents, on SQLite and PostgreSQL
	scripts/with-postgres go run ./bench/dashboard

.PHONY: permissions
permissions: build ## Show each limit of a session kept by the server and by the contract, one line a limit
	@go run ./conformance/permissions

.PHONY: attacks
attacks: contracts/node_modules/.package-lock.json ## Run the attack cases against the contracts, one line a case
	@node scripts/attacks.mjs

.PHONY: mutants
mutants: contracts/node_modules/.package-lock.json ## Take every guard of the account and the paymaster away, one at a time; some test must miss it. ONLY=Budgets takes some
	@node scripts/mutants/main.mjs $(ONLY)

.PHONY: mutants-invariants
mutants-invariants: contracts/node_modules/.package-lock.json ## Show that every promise of the invariants is broken without the guards it stands on
	@node scripts/mutants/main.mjs --invariants

.PHONY: mutants-cases
mutants-cases: contracts/node_modules/.package-lock.json ## Write docs/attacks.md: which guards each attack case depends on
	@node scripts/mutants/main.mjs --cases

CASES ?= 100000

.PHONY: fuzz-permission
fuzz-permission: ## Compare the Go evaluator of permissions with the contract on CASES random cases
	go run ./bench/permission -cases $(CASES)

.PHONY: clean
clean: ## Remove what was built; dependencies and .latchkey/ stay
	rm -rf bin contracts/out contracts/cache bench/out

# npm writes this file last, so it stands for a finished install.
%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && $(NPM_CI)
	@touch $@
