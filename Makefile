# weft: build, test, demo. `make help` lists the targets.
CC       ?= cc
BUILD    ?= build
SAN      ?=
OPT      ?= -O2
VERSION  := 0.1.0
WERROR   ?= -Werror
PKGS     := libnl-route-3.0 libnl-3.0 libndp jansson libuv smartcols
CPPFLAGS += -I. -D_GNU_SOURCE $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
CFLAGS   += -std=gnu17 $(OPT) -g -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes -fno-strict-aliasing $(SAN)
LDFLAGS  += $(SAN)

# One archive per folder; MAY_x: the folders that x may use, LIB_x: its library. `make layers` holds each folder to it.
FOLDERS := agent/base agent/rib agent/bgp agent/bfd agent/bmp agent/config agent/ctl agent/import ra nexthop
MAY_agent_base   :=
MAY_agent_rib    := agent_base
MAY_agent_bgp    := agent_rib agent_base
MAY_agent_bfd    := agent_base
MAY_agent_bmp    := agent_base
MAY_agent_config := agent_base
MAY_agent_ctl    := agent_base
MAY_agent_import := agent_config agent_base
MAY_ra           := agent_base
MAY_nexthop      := agent_base
LIB_agent_config := -ljansson
LIB_agent_ctl    := -ljansson
LIB_agent_import := -ljansson
LIB_ra           := -lndp
LIB_nexthop      := -lnl-route-3 -lnl-3
# agent/ itself: the wiring is pure (CORE), the daemon is the rim around it (RIM), the command is a program of its own (CLI).
CORE := agent/agent.c agent/agent_bfd.c agent/agent_guard.c agent/cabling.c agent/agent_cabling.c agent/agent_links.c agent/agent_routers.c agent/damp.c agent/agent_damp.c agent/agent_originate.c agent/agent_bgp.c agent/agent_export.c agent/agent_explain.c agent/refused.c agent/agent_refresh.c agent/agent_reload.c agent/agent_compare.c agent/agent_stale.c agent/agent_restart.c agent/agent_whole.c agent/agent_hold.c agent/agent_installed.c agent/agent_policy.c agent/agent_fib.c agent/agent_log.c agent/agent_watch.c agent/agent_trace.c agent/trace.c agent/trace_update.c agent/agent_neighbors.c agent/agent_reach.c agent/agent_weighted.c agent/agent_bmp.c agent/agent_bmp_routes.c agent/agent_drain.c agent/show.c agent/show_adj.c agent/show_bfd.c agent/show_bmp.c agent/show_cabling.c agent/show_drain.c agent/show_explain.c agent/show_hold.c agent/show_links.c agent/show_log.c agent/show_reload.c agent/show_routes.c agent/show_session.c agent/show_table.c agent/mrt.c agent/doctor.c agent/doctor_found.c agent/doctor_host.c agent/doctor_node.c agent/doctor_links.c agent/doctor_peers.c agent/commands.c agent/resync.c agent/agent_announce.c agent/agent_runtime.c agent/show_runtime.c agent/commands_runtime.c agent/agent_pace.c agent/agent_met.c agent/agent_metrics.c agent/metrics.c agent/metrics_page.c agent/metrics_peers.c agent/metrics_links.c agent/metrics_node.c agent/metrics_process.c
CLI  := $(wildcard agent/weft*.c)
RIM  := $(filter-out $(CORE) $(CLI),$(wildcard agent/*.c))
MAY_core := agent_bgp agent_bfd agent_bmp agent_rib agent_config agent_ctl ra nexthop agent_base
LIB_core := -ljansson

name  = $(subst /,_,$(1))
objs  = $(patsubst %.c,$(BUILD)/%.o,$(1))
ar    = $(patsubst %,$(BUILD)/%.a,$(1))
NAMES := $(foreach f,$(FOLDERS),$(call name,$(f)))
ARS_CORE := $(call ar,core $(MAY_core))
LIBS_DAEMON := -lndp -lnl-route-3 -lnl-3 -ljansson -luv
LIBS_CLI := -ljansson -lsmartcols

all: $(BUILD)/weftd $(BUILD)/weft
.PHONY: all
.SECONDARY:

define archive
$(BUILD)/$(call name,$(1)).a: $(call objs,$(wildcard $(1)/*.c))
endef
$(foreach f,$(FOLDERS),$(eval $(call archive,$(f))))
$(BUILD)/core.a: $(call objs,$(CORE))
$(BUILD)/%.a:
	@rm -f $@
	@ar rcs $@ $^
$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/weftd: $(call objs,$(RIM)) $(ARS_CORE)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ $(LIBS_DAEMON) -o $@
# Who says the version is made again when it is another one.
VERSIONED := $(call objs,$(shell grep -slw WEFT_VERSION agent/*.c tests/unit/agent/*.c))
$(VERSIONED): CPPFLAGS += -DWEFT_VERSION='"$(VERSION)"'
$(VERSIONED): $(BUILD)/version
$(BUILD)/version: FORCE
	@mkdir -p $(@D)
	@[ "$$(cat $@ 2>/dev/null)" = "$(VERSION)" ] || echo "$(VERSION)" >$@
FORCE:
.PHONY: FORCE
# `weft doctor` looks at the host by itself when there is no daemon.
$(BUILD)/weft: $(call objs,$(CLI) agent/doctor_found.c agent/doctor_host.c agent/host.c) $(call ar,agent_import agent_config agent_ctl agent_base)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ $(LIBS_CLI) -o $@

# --- to its places ---------------------------------------------------------------------------------------------------------------
# systemd reads below /usr/lib and /usr/local/lib; whoever has another PREFIX gets the latter.
PREFIX  ?= /usr/local
SYSTEM  := $(if $(filter /usr /usr/local,$(PREFIX)),$(PREFIX),/usr/local)/lib
SHARE   := $(PREFIX)/share
# SOURCE=TARGET
INSTALLED := $(BUILD)/weftd=$(PREFIX)/sbin/weftd $(BUILD)/weft=$(PREFIX)/bin/weft \
	templates/weftd.service=$(SYSTEM)/systemd/system/weftd.service templates/weft.sysusers.conf=$(SYSTEM)/sysusers.d/weft.conf \
	templates/60-weft.conf=$(SYSTEM)/sysctl.d/60-weft.conf templates/networkd/60-weft.conf=$(SYSTEM)/systemd/networkd.conf.d/60-weft.conf \
	templates/weft.catalog=$(SYSTEM)/systemd/catalog/weft.catalog templates/upgraded.sh=$(PREFIX)/libexec/weft/upgraded \
	templates/weft.bash-completion=$(SHARE)/bash-completion/completions/weft \
	$(foreach m,weft.8 weftd.8 weft.json.5,templates/man/$(m)=$(SHARE)/man/man$(patsubst .%,%,$(suffix $(m)))/$(m)) \
	$(foreach f,grafana-weft.json weft.rules.yml weft.json.j2,$(patsubst %,%=$(SHARE)/weft/$(f),$(wildcard templates/$(f)))) \
	$(foreach f,$(wildcard templates/schema/*.json),$(f)=$(SHARE)/weft/schema/$(notdir $(f))) \
	$(foreach f,README.md templates/COMING-FROM.md templates/metrics.md,$(f)=$(SHARE)/doc/weft/$(notdir $(f))) templates/schema/README.md=$(SHARE)/doc/weft/schema.md \
	$(foreach f,$(shell find ansible ! -type d ! -name '*.pyc' | sort),$(f)=$(SHARE)/doc/weft/examples/$(f))
install: all ## to DESTDIR=/ PREFIX=/usr/local
	@for f in $(INSTALLED); do \
		case $$f in $(BUILD)/* | *.sh=*) mode=755 ;; *) mode=644 ;; esac; \
		install -D -m $$mode "$${f%%=*}" "$(DESTDIR)$${f#*=}" || exit 1; \
	done
	@cd "$(DESTDIR)/" && sed -i '1s|/usr/lib/|$(SYSTEM)/|; s|=/usr/\(s*bin\)/weft|=$(PREFIX)/\1/weft|' $(patsubst /%,%,$(filter $(SYSTEM)/%,$(subst =, ,$(INSTALLED))))
	@install -d "$(DESTDIR)/etc/weft"
	@$(if $(DESTDIR),:,echo "as a service: systemd-sysusers && systemctl daemon-reload && journalctl --update-catalog; then /etc/weft/weft.json and systemctl enable --now weftd")
uninstall: ## takes away what install has put there; /etc/weft stays when there is something in it
	@rm -f $(foreach f,$(INSTALLED),"$(DESTDIR)$(lastword $(subst =, ,$(f)))")
	@find "$(DESTDIR)$(SHARE)/doc/weft/examples" -type d -empty -delete 2>/dev/null || :
	@for d in $(PREFIX)/libexec/weft $(SHARE)/weft/schema $(SHARE)/weft $(SHARE)/doc/weft /etc/weft; do rmdir "$(DESTDIR)$$d" 2>/dev/null || :; done
DEB_VERSION ?= $(VERSION)
DEB := $(BUILD)/deb
deb: ## a Debian package in build/deb, looked at by lintian; DEB_VERSION=v
	@tests/deps deb
	@rm -rf $(DEB)/weft && mkdir -p $(DEB)/weft
	@cp -a agent ra nexthop templates ansible debian Makefile README.md LICENSE $(DEB)/weft
	@[ $(DEB)/obj -nt debian/rules ] || rm -rf $(DEB)/obj
	@cd $(DEB)/weft && sed -i '1s/(.*)/($(DEB_VERSION))/' debian/changelog && \
		env -u MAKEFLAGS -u MAKELEVEL BUILD=$(abspath $(DEB))/obj dpkg-buildpackage -b -nc -uc -us >../log 2>&1 || { cat ../log; exit 1; }
	@lintian --allow-root --display-info --display-experimental --pedantic --info --fail-on error,warning $(DEB)/weft_$(DEB_VERSION)_$$(dpkg --print-architecture).changes
	@ls $(DEB)/weft_$(DEB_VERSION)_*.deb
.PHONY: install uninstall deb

# --- tests ---------------------------------------------------------------------------------------------------------------------
# tests/unit/<folder>/*.c becomes one program, linked with that folder and what it may use, under the sanitizers.
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNITS := $(foreach f,$(FOLDERS),$(if $(wildcard tests/unit/$(f)/*.c),$(call name,$(f)))) $(if $(wildcard tests/unit/agent/*.c),core)
unit_src = $(wildcard tests/unit/$(if $(filter core,$(1)),agent,$(subst agent_,agent/,$(1)))/*.c)
define unit
$(BUILD)/unit_$(1): $(call objs,$(call unit_src,$(1))) $(call ar,$(1) $(MAY_$(1)))
	@$$(CC) $$(LDFLAGS) $(WRAP_$(1)) $$^ $(LIB_$(1)) -lcriterion -o $$@
endef
# What they read is told to who compares it with the schema (tests/unit/agent/config/facts.c, examples.c).
WRAP_agent_config := -Wl,--wrap=read_object,--wrap=config_parse
WRAP_core := -Wl,--wrap=config_parse
$(BUILD)/unit_core: $(BUILD)/tests/unit/agent/config/examples.o
$(foreach u,$(UNITS),$(eval $(call unit,$(u))))
# Two functions of the core are counted on their way (tests/sim/coverage_wrap.c).
$(BUILD)/sim: $(call objs,$(wildcard tests/sim/*.c)) $(ARS_CORE)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -Wl,--wrap=fsm_step,--wrap=decide_set $^ $(LIB_core) -o $@

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16
deps: ## install what building and testing need (Debian packages)
	@tests/deps
test: ## everything: installs what it needs, then lint, check, check-net, check-interop, check-hosts
	@tests/deps
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory -j"$$(nproc)" all bench-programs $(BUILD)/sim
	@$(MAKE) --no-print-directory -j"$$(nproc)" BUILD=$(BUILD)/asan SAN="$(ASAN)" OPT=-O1 all test-programs
	@$(MAKE) --no-print-directory all layers check
	@$(MAKE) --no-print-directory check-net check-interop check-hosts
lint: ## what linters have to say of scripts, man pages, rules, schemas, the unit, playbooks
	@tests/lint $(LINTERS)
check: ## no root, a few minutes: unit tests, fuzz seeds, simulation, under ASan and UBSan
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN="$(ASAN)" OPT=-O1 check-unit check-fuzz check-templates
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN="$(ASAN)" OPT=-O1 sim SEEDS=150
	@$(MAKE) --no-print-directory sim SEEDS=30 SIMARGS="--first 1001 --twice"
check-unit: $(patsubst %,$(BUILD)/unit_%,$(UNITS)) $(BUILD)/weft $(BUILD)/weftd
	@rm -f $(BUILD)/config-facts
	@CONFIG_FACTS=$(BUILD)/config-facts tests/run-units $(filter $(BUILD)/unit_%,$^)
	@$(CHECK_SCHEMA)
	@$(CHECK_MANUAL)
	@python3 -B -m unittest discover -q -s tests/unit/ansible -p 'test_report*.py'
CHECK_MANUAL = python3 tests/unit/agent/config/manual.py $(BUILD)/weft $(BUILD)/weftd
check-manual: $(BUILD)/weft $(BUILD)/weftd ## do the man pages say what the programs do: every key, default, example, command, option?
	@$(CHECK_MANUAL)
CHECK_SCHEMA = python3 tests/unit/agent/config/schema.py templates/schema/config.json $(BUILD)/config-facts
check-schema: $(BUILD)/unit_agent_config ## does the JSON Schema of the configuration say what the code does?
	@rm -f $(BUILD)/config-facts
	@CONFIG_FACTS=$(BUILD)/config-facts $< >/dev/null 2>&1; $(CHECK_SCHEMA)
check-templates: $(BUILD)/weft ## the fabric plan of the Ansible role, and what weft.json.j2 makes of every example
	@python3 -B tests/unit/ansible/test_weft_fabric.py
	@python3 -B tests/unit/templates/render.py $<
SEEDS ?= 100
sim: $(BUILD)/sim ## a simulated fabric under random faults; SEEDS=n TOPO=t, SEED=n replays one
	$(BUILD)/sim $(if $(SEED),--seed $(SEED),--regress tests/sim/regress.txt --seeds $(SEEDS)) $(if $(TOPO),--topo $(TOPO)) $(SIMARGS)
sim-nightly: $(BUILD)/sim ## 10,000 seeds, every shape (10 of 400 nodes), and what they reached
	$(BUILD)/sim --regress tests/sim/regress.txt --seeds 10000 --coverage $(SIMARGS)
	$(BUILD)/sim --topo clos:2x4 --full 100000 --seeds 3
REPORT ?= clos:2x4 clos:4x32 clos:16x96 five:16x4x20x4
REPORT_RUNS ?= 3
sim-report: $(BUILD)/sim ## what fabrics cost: time, messages, memory; tables and a picture; REPORT=shapes REPORT_RUNS=n
	@for t in $(REPORT); do for s in $$(seq $(REPORT_RUNS)); do nice $(BUILD)/sim --plan $$t --seed $$s || exit 1; done; done >$(BUILD)/sim-report.jsonl
	@tests/sim/plan_report.py $(BUILD)/sim-report.jsonl $(BUILD)/sim-report
MUTANTS_SEEDS ?= 2000
sim-mutants: ## takes protections out of weft one by one: the simulation must find each; ONLY=name,name MUTANTS_SEEDS=n
	@tests/sim/mutants.py --build $(BUILD) --seeds $(MUTANTS_SEEDS) $(if $(ONLY),--only '$(ONLY)')
check-net: all bench-programs $(BUILD)/sim ## real daemons in network namespaces
	@$(if $(SAN),,$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN="$(ASAN)" OPT=-O1 all)
	@tests/run-scripts tests/netns
check-interop: all ## with FRR and others from Debian's packages
	@tests/run-scripts tests/interop
check-hosts: all bench-programs ## on Debian machines (systemd-nspawn) with sshd: the package, Ansible; as root
	@[ "$$(id -u)" != 0 ] || { tests/debian-base && for v in "" +next; do $(MAKE) --no-print-directory deb DEB_VERSION=$(VERSION)$$v >$(BUILD)/deb.log 2>&1 || { cat $(BUILD)/deb.log; exit 1; }; done; }
	@tests/run-scripts tests/hosts 600

# Each folder whole, against only the folders and the library that it may use; the core without libnl, libndp, libuv: it is pure.
layers: $(patsubst %,$(BUILD)/%.layer,$(NAMES) core) ## the linker holds each folder to its layer
	@tests/layers $(FOLDERS)
define layer
$(BUILD)/$(1).layer: $(BUILD)/$(1).a $(call ar,$(MAY_$(1))) $(BUILD)/tests/layer_main.o
	@$$(CC) $$(LDFLAGS) $(BUILD)/tests/layer_main.o -Wl,--whole-archive $(BUILD)/$(1).a -Wl,--no-whole-archive $(call ar,$(MAY_$(1))) $(LIB_$(1)) -o $$@
endef
$(foreach n,$(NAMES) core,$(eval $(call layer,$(n))))

FUZZ := $(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_LIBS := $(call ar,agent_import) $(ARS_CORE)
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(FUZZ_LIBS)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ -ljansson -o $@
test-programs: $(BUILD)/sim $(patsubst %,$(BUILD)/unit_%,$(UNITS)) $(patsubst %,$(BUILD)/%,$(FUZZ))
check-fuzz: $(patsubst %,$(BUILD)/%,$(FUZZ))
	@for f in $(FUZZ); do $(BUILD)/$$f tests/data/$$f || exit 1; done
FUZZ_RUNS ?= 100000
fuzz: ## libFuzzer on every decoder; FUZZ_RUNS=n each
	@tests/run-fuzz $(FUZZ_RUNS) $(FUZZ)

# --- the benchmark -------------------------------------------------------------------------------------------------------------
BENCH ?= all
N     ?= 100000
RUNS  ?= 3
BENCH_PROGRAMS := $(patsubst %,$(BUILD)/bench_%,peers kmon floor core rig right)
$(BUILD)/bench_peers: $(call objs,$(patsubst %,tests/bench/%.c,peers peers_link peers_say speaker seen routes)) $(call ar,agent_bgp agent_rib ra agent_base)
$(BUILD)/bench_kmon: $(call objs,tests/bench/kmon.c tests/bench/table.c)
$(BUILD)/bench_floor: $(call objs,tests/bench/floor.c)
$(BUILD)/bench_rig: $(call objs,$(patsubst %,tests/bench/%.c,rig rig_flows rig_link))
$(BUILD)/bench_right: $(call objs,$(patsubst %,tests/bench/%.c,right fwd rig_link))
$(BUILD)/bench_core: $(call objs,tests/bench/core.c) $(ARS_CORE)
$(BENCH_PROGRAMS):
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ $(if $(filter %_core,$@),$(LIBS_DAEMON)) -o $@
bench-programs: all $(BENCH_PROGRAMS)
bench: ## weft beside FRR, BIRD, GoBGP and the bare kernel; BENCH=b1 N=100000 RUNS=3 (tests/bench/README.md)
	@tests/deps
	@$(MAKE) --no-print-directory bench-programs
	@tests/bench/run --bench $(BENCH) --routes $(N) --runs $(RUNS) $(BENCHARGS)
.PHONY: bench bench-programs

# --- the demo ------------------------------------------------------------------------------------------------------------------
SPINES ?= 2
LEAVES ?= 4
demo: ## a Clos fabric in network namespaces; SPINES=n LEAVES=n
	@tests/deps build
	@$(MAKE) --no-print-directory all
	@tests/demo $(SPINES) $(LEAVES)
demo-down: ## removes the demo, whatever state it is in
	@tests/demo down
clean:
	rm -rf $(BUILD)
.PHONY: help deps test test-programs lint check check-unit check-schema check-manual check-templates check-fuzz check-net check-interop check-hosts sim sim-nightly sim-mutants sim-report layers fuzz demo demo-down clean

-include $(shell find $(BUILD) \( -path $(DEB) -o -path '$(BUILD)/debian12*' \) -prune -o -name '*.d' -type f -print 2>/dev/null)
