# One command for each intent. CMake presets build the C (CMakePresets.json),
# Vite builds the page (frontend/); this file only knows in which order.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

JOBS         ?= $(shell nproc)
PORT         ?= 3030
FUZZ_SECONDS ?= 60
# chaos: how many seeds, from which on, how long each, how many side by side
N            ?= 20
SECONDS      ?= 30
SIDE_BY_SIDE ?= 6
# The commit that the server and the page show. An archive without .git may
# pass its own.
KP_GIT_SHA   ?= $(shell git rev-parse --short=7 HEAD 2>/dev/null || echo unknown)
export KP_GIT_SHA
export VITE_SHA := $(KP_GIT_SHA)

SERVER := bin/kolabpad-server
KERNEL := frontend/src/kernel/kernel.wasm
PAGE   := frontend/dist/index.html
SHA    := build/commit

KERNEL_SOURCES := $(shell find src/base src/text src/ot src/wasm -name '*.[ch]') tools/build-wasm.sh
PAGE_SOURCES   := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path 'frontend/dist/*' -not -name '*.test.ts*' \
                    -not -path '*/testing/*' -not -name '*.md')

.PHONY: help
help: ## this list
	@echo "make TARGET, where TARGET is"
	@sed -n 's/^\([a-z][a-z.-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

# ---- to use it ----------------------------------------------------------------

.PHONY: setup run run.cluster
setup: ## install what building and running need and is missing
	@tools/setup run
run: build.all ## build what is out of date and serve http://localhost:3030
	@echo "Kolabpad: http://localhost:$(PORT)  (Ctrl+C stops it)"
	@exec $(SERVER)
run.cluster: ## three servers on one PostgreSQL behind HAProxy, at http://localhost:3030
	@tools/setup cluster
	@$(MAKE) build.all
	@exec tools/run-cluster

# ---- to build it --------------------------------------------------------------

# What is missing is installed first, by whatever target a clone begins with.
.PHONY: setup.server setup.page
setup.server setup.page: setup.%:
	@tools/setup $*

.PHONY: build build.wasm build.frontend build.all
build: setup.server ## the server and the command line, optimised: bin/kolabpad-server, bin/kolabpad
	@test -f build/release/build.ninja || cmake --preset release >/dev/null
	@cmake --build --preset release -j $(JOBS) --target kolabpad-server kolabpad
build.wasm: $(KERNEL) ## the operation kernel as WebAssembly, for the page
build.frontend: $(PAGE) ## the page: frontend/dist
build.all: build build.frontend ## the server and the page

$(KERNEL): $(KERNEL_SOURCES) | setup.page
	tools/build-wasm.sh

$(PAGE): $(KERNEL) $(filter-out $(KERNEL),$(PAGE_SOURCES)) $(SHA) | setup.page
	npm --prefix frontend run build
	@touch $@

# A source that went away meanwhile is not an error.
$(filter-out $(KERNEL),$(KERNEL_SOURCES) $(PAGE_SOURCES)):

# Changes when the commit does, so that the page never shows an old one.
$(SHA): FORCE
	@mkdir -p $(@D)
	@echo '$(KP_GIT_SHA)' | cmp -s - $@ || echo '$(KP_GIT_SHA)' >$@
.PHONY: FORCE
FORCE:

# ---- to work on it ------------------------------------------------------------

.PHONY: dev-backend dev-frontend
dev-backend: setup.server ## the server with sanitizers and debug logs, on port 3030
	@test -f build/dev/build.ninja || cmake --preset dev >/dev/null
	@cmake --build --preset dev -j $(JOBS) --target kolabpad-server
	@BACKEND_LOG_LEVEL=$${BACKEND_LOG_LEVEL:-debug} exec build/dev/kolabpad-server
dev-frontend: build.wasm ## Vite with hot reload, in front of dev-backend
	@npm --prefix frontend run dev

.PHONY: test test.frontend test.blackbox test.e2e test.model test.mixed test.all
test: ## C: laws, oracles, simulation, under ASan and UBSan
	@tools/setup test
	@tools/run-tests unit
test.frontend: ## the page, and the kernel against other implementations
	@tools/setup test
	@tools/run-tests frontend differential
test.blackbox: ## the real server, from outside, under TSan
	@tools/setup test
	@tools/run-tests blackbox
test.e2e: ## two windows and a phone, and another engine
	@tools/setup test
	@tools/run-tests e2e firefox
test.model: ## what several servers may do to each other, with more going wrong than in test.all; half an hour
	@tools/setup test
	@cd tests && KP_MODEL=long npx --no-install vitest run --project model
test.mixed: build ## this server beside the one of KP_PREVIOUS (the tag before, else fifty commits), while one replaces the other
	@tools/setup test
	@cd tests && npx --no-install vitest run --project mixed --reporter=verbose
test.all: ## everything; the last line counts
	@tools/setup test
	@tools/run-tests

.PHONY: lint lint.deep format
lint: ## format, layers, shell, page; seconds
	@tools/setup test
	@tools/lint
lint.deep: ## clang-tidy over src; minutes
	@tools/setup test
	@tools/lint deep
format: ## rewrite the C sources as .clang-format says
	@git ls-files -co --exclude-standard 'src/*.[ch]' 'tests/*.[ch]' 'fuzz/*.[ch]' 'bench/*.[ch]' | xargs clang-format -i

# ---- to deploy it ----------------------------------------------------------------

COMPOSE ?= docker compose
PRODUCTION = $(COMPOSE) -f docker-compose.yml -f docker-compose.prod.yml
PREFIX  ?= /opt/kolabpad
DESTDIR ?=

.PHONY: docker-prod-check docker-prod-build docker-prod-up docker-prod-down docker-prod-restart docker-prod-logs
docker-prod-check:
	@deploy/check-env .env --require DOMAIN --require EMAIL
	@$(PRODUCTION) config -q
docker-prod-build: docker-prod-check ## build the images anew and start them, with HTTPS for DOMAIN
	$(PRODUCTION) build --no-cache
	@deploy/check-env .env --with $(PRODUCTION) run --rm --no-deps -T kolabpad --check-config
	$(PRODUCTION) up -d
docker-prod-up: docker-prod-check ## start the containers
	$(PRODUCTION) up -d
docker-prod-down: ## stop them; the data stays
	$(PRODUCTION) down
docker-prod-restart: docker-prod-check ## restart without building
	$(PRODUCTION) restart
docker-prod-logs: ## follow the logs of all
	$(PRODUCTION) logs -f --tail 100

.PHONY: install uninstall
install: ## into DESTDIR and PREFIX (/opt/kolabpad), with the systemd unit
	@test -x $(SERVER) -a -f $(PAGE) || { echo 'error: build it first: make build.all' >&2; exit 1; }
	@DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) deploy/install.sh
uninstall: ## what install put there; the data and .env stay
	@DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) deploy/uninstall.sh

.PHONY: test.deploy.fast test.deploy
test.deploy.fast: ## what can be said about deploy/ in seconds
	@tools/setup test
	@tools/run-tests deploy
test.deploy: ## image, stack, systemd, backup for real; minutes, as root
	@tools/setup deploy
	@$(MAKE) build.all
	@cmake --build --preset release -j $(JOBS) --target bench_load
	@deploy/test/full

.PHONY: bench bench.cluster fuzz chaos chaos.cluster
bench: ## against a bare epoll relay, and the costs that are promised; 4 minutes
	@tools/setup test
	@bench/run
bench.cluster: ## PostgreSQL beside SQLite, several servers beside one; 3 minutes
	@tools/setup test
	@bench/cluster
fuzz: ## every fuzz target for FUZZ_SECONDS each (60)
	@tools/setup test
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/fuzz
chaos: build build.wasm ## N seeds of SECONDS each of everything that can go wrong (20, 30); also SEED=, FAULTS=
	$(call chaos,chaos)
chaos.cluster: build build.wasm ## the same with three servers on one PostgreSQL
	$(call chaos,chaos.cluster)
define chaos
	@tools/setup test
	@cd tests && KP_CHAOS_N=$(N) KP_CHAOS_SECONDS=$(SECONDS) KP_CHAOS_JOBS=$(SIDE_BY_SIDE) $(if $(SEED),KP_CHAOS_SEED=$(SEED)) \
	  KP_CHAOS_FAULTS='$(FAULTS)' npx --no-install vitest run --project $(1) --reporter=verbose
endef

.PHONY: clean
clean: ## remove what was built; data/ and node_modules/ stay
	rm -rf build bin frontend/dist $(KERNEL)

