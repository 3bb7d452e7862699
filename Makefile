# What a developer types. Needs Debian or Ubuntu on x86-64 with the .NET SDK;
# everything else is installed when missing.

KERNELS ?= 6.1 6.12
DEMO_KERNEL ?= 6.1
CONNECTIONS ?= 200000
CYCLES ?= 300
HELD ?= 50000
FUZZ_SECONDS ?= 600
BENCH_JOB ?= short
# An empty environment has no home.
export HOME ?= $(shell getent passwd "$$(id -u)" | cut -d: -f6)
export TOA_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/toa
export KERNELS
# How the module hooks functions: what the kernel has best, or kprobe, for tests of that.
export HOOKS ?=

RID := linux-x64
PUBLISHED := artifacts/publish
ECHO_SERVER := $(PUBLISHED)/EchoServer/release_$(RID)/EchoServer
TOA := $(PUBLISHED)/Toa.Tool/release_$(RID)/toa
SCENARIOS := $(PUBLISHED)/Toa.Scenarios/release_$(RID)/toa-scenarios
# The kernels that somebody named, or others than the default ones.
named_or = $(if $(filter command environment,$(firstword $(origin KERNELS))),$(KERNELS),$(1))
# A kernel's source, or the folder that it was built in, and the compiler for it: of test-matrix.
export KERNEL_SOURCE ?=
export KERNEL_CC ?=
export KERNEL_CONFIG ?=
SOURCE := $(if $(KERNEL_SOURCE),source-$(or $(notdir $(realpath $(KERNEL_SOURCE))),missing))
MATRIX = $(call named_or,$(if $(SOURCE),,$(shell tests/vm/kernel --list))) $(SOURCE)
BENCH = $(call named_or,6.12)
KMOD := artifacts/kmod$(HOOKS:%=-%)
MODULES := $(KERNELS:%=$(KMOD)/%/tests/toa-faults.ko)
BUILT_KERNELS := debug kprobes

# Debian packages, by what they are for; a target installs those that it needs.
# What C programs and NativeAOT are compiled and linked with.
compile := gcc libc6-dev zlib1g-dev
# What unpacks a kernel, builds modules for it, and boots it.
guest := qemu-system-x86 busybox-static cpio xz-utils kmod perl libelf1 iproute2
# What the eBPF provider is built with.
bpf := gcc libc6-dev clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev
# What tests need in addition: a 32-bit program, a systemd for guests, a browser.
test := gcc-multilib libcmocka-dev systemd curl unzip chromium chromium-driver
# What a whole kernel is built with, what fuzzes, and what looks at code.
kernel := bc bison flex libelf-dev libssl-dev xz-utils
fuzz := clang libclang-rt-dev
lint := gcc libelf1 sparse perl
# What rewrites links.
docs := perl
# Another runtime for the netstandard2.0 build, with its facades.
mono := mono-devel

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0
SIDE_BY_SIDE := $(MAKE) -s -j$(shell nproc)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 20

demo: need-compile-guest ## client, balancer, module, .NET server: real addresses, on a real kernel
	@echo "Fetching a kernel, building the module for it, and compiling the demo's programs"
	@$(SIDE_BY_SIDE) $(KMOD)/$(DEMO_KERNEL)/toa.ko demo-programs
	@echo "Booting Debian's kernel $(DEMO_KERNEL) in QEMU, with the balancer, the module and the .NET echo server"
	@tests/vm/guest --kernel $(DEMO_KERNEL) --file $(KMOD)/$(DEMO_KERNEL)/toa.ko \
		--file $(SCENARIOS) --file $(ECHO_SERVER) --file $(TOA) --file "$$(command -v ip)" --module veth -- toa-scenarios demo

test: need-compile-guest-bpf-test ## runs every test that CI runs
	@tests/run

test-matrix: need-guest-test bpf guest-programs ## runs all scenarios with both providers on every kernel that the archive serves, on KERNELS="...", or on KERNEL_SOURCE=DIR (built with KERNEL_CC)
	@$(if $(filter %-arm64,$(MATRIX)),$(call install,qemu-system-arm))
	@$(if $(filter $(BUILT_KERNELS) source-%,$(MATRIX)),$(call install,$(kernel)))
	@tests/vm/matrix $(MATRIX)

docs-matrix: ## puts the tables of the last test-matrix into docs/reference/kernels.md
	@tests/vm/matrix --docs docs/reference/kernels.md

test-debug-kernel: need-guest-kernel-test $(KMOD)/debug/tests/toa-faults.ko guest-programs ## all scenarios and CONNECTIONS random ones under KASAN, lockdep and kmemleak; builds a kernel once
	@tests/vm/debug-kernel/run $(CONNECTIONS)

bench-kernel: need-guest bpf $(BENCH:%=artifacts/kmod/%/toa.ko) ## what the module and the eBPF programs cost, in instructions, on 6.12 or KERNELS="..."
	@$(MAKE) -s -C benchmarks/kernel OUT=$(abspath artifacts/c)
	@benchmarks/kernel/run $(BENCH)

test-endurance: need-test modules bpf guest-programs ## CYCLES loads and unloads under traffic, then HELD connections held open, with both providers on KERNELS
	@for kernel in $(KERNELS); do for provider in '' --ebpf; do \
		tests/vm/endurance $(CYCLES) $(HELD) $$kernel $$provider || exit; \
	done; done

test-ebpf: need-guest bpf guest-programs ## the eBPF provider's long runs: CONNECTIONS random ones, CYCLES loads under traffic, and 12 x 30000 accepted as they come
	@for run in 'random --connections $(CONNECTIONS)' 'cycles --count $(CYCLES)' race; do \
		tests/vm/on-host sh -c "toa-scenarios $$run --ebpf toa-bpf --cgroup \"\$$CGROUP\"" || exit; \
	done

test-mono: need-mono ## the library's netstandard2.0 build on Mono
	@$(DOTNET) build tests/Toa.Mono -c Release -v quiet --nologo
	@mono artifacts/bin/Toa.Mono/release/Toa.Mono.exe

bench: need-guest artifacts/c/baseline.so artifacts/kmod/$(DEMO_KERNEL)/toa.ko ## what a lookup costs beside the same system calls from C, here and with the provider
	@benchmarks/Toa.Ratios/run $(DEMO_KERNEL)
	@for clients in '' --clients; do dotnet run --project benchmarks/Toa.KestrelRatios -c Release -- $$clients || exit; done
	@TOA_BASELINE=$(abspath artifacts/c/baseline.so) dotnet run --project benchmarks/Toa.Benchmarks -c Release -- \
		--filter '*' --job $(BENCH_JOB) --artifacts artifacts/benchmarks

bench-balancer: need-guest ## what the balancer stands: connections a second, connections at a time, one stream; takes root
	@dotnet build benchmarks/Toa.BalancerLoad -c Release -v quiet --nologo
	@$(SUDO) artifacts/bin/Toa.BalancerLoad/release/toa-balancer-load

artifacts/c/baseline.so: benchmarks/Toa.Ratios/baseline.c native/include/toa.h | need-compile
	@mkdir -p $(@D)
	@gcc -O2 -shared -fPIC -Wall -Wextra -Werror -Inative/include -o $@ $<

mutation: need-compile ## changes the library's code in hundreds of places, and counts how often its tests notice
	@dotnet tool restore >/dev/null
	@cd tests/Toa.Tests && dotnet stryker --output $(abspath artifacts/mutation)

pack: bpf ## the NuGet packages, the tool's too, with the module's source in Toa's, into artifacts/packages
	@$(DOTNET) pack src/Packages.slnf -c Release -o artifacts/packages -v quiet --nologo
	@ls artifacts/packages

docs: solution need-docs ## the documentation as a web site, with search and the API reference: artifacts/site
	@docs/site/build

screenshots: need-test ## photographs the sample's web page for the docs
	@WHOAMI_SCREENSHOT=$(abspath docs/images/whoami.png) \
		dotnet test tests/Toa.WhoAmI.Tests -c Release -v quiet --nologo --filter BrowserTests

fuzz: ## fuzzes the option parser for FUZZ_SECONDS
	@$(call install,$(fuzz))
	@tests/native/fuzz $(FUZZ_SECONDS)

lint: sparse checkpatch ## holds the module and the eBPF provider against the kernel's sparse and checkpatch

sparse checkpatch:
	@$(call install,$(lint))
	@tests/lint $@

build: ## builds the .NET solution
	dotnet build Toa.sln -c Release

modules: $(MODULES) ## builds toa.ko for every kernel of the tests

bpf: need-bpf ## builds the eBPF provider and its loader: artifacts/bpf/toa-bpf
	@$(MAKE) -s -C native/bpf OUT=$(abspath artifacts/bpf)

kmod: ## builds toa.ko for the running kernel, or for KDIR=<kernel build dir>
	$(MAKE) -C native/kmod

clean: ## removes what was built; downloaded kernels stay in TOA_CACHE
	rm -rf artifacts

# Installs what is missing of some packages.
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

# need-guest-bpf: what those two are for.
need-%:
	@$(call install,$(foreach use,$(subst -, ,$*),$($(use))))
	@command -v dotnet >/dev/null || { echo "The .NET SDK is missing: install version 10 first." >&2; exit 1; }

# One build of .NET at a time, as they share their outputs.
DOTNET := mkdir -p artifacts && flock -o artifacts/dotnet.lock dotnet

solution: bpf
	@$(DOTNET) build Toa.sln -c Release -v quiet --nologo -clp:NoSummary

# Programs for guests, compiled ahead of time.
space := $() $()
publish = $(DOTNET) msbuild tests/vm/programs.proj -restore -m -v:quiet -nologo -clp:NoSummary -p:Programs=$(subst $(space),+,$(strip $(1)))

demo-programs: need-compile
	@$(call publish,samples/EchoServer src/Toa.Tool tests/vm/Toa.Scenarios)

guest-programs: need-compile-test bpf c-programs
	@$(call publish,samples/EchoServer samples/WhoAmI src/Toa.Tool tests/vm/Toa.Scenarios)

$(TOA_CACHE)/kernels/%/version: tests/vm/kernels.conf | need-guest
	@tests/vm/kernel $* >/dev/null
	@touch $@

$(BUILT_KERNELS:%=$(TOA_CACHE)/kernels/%/version): $(TOA_CACHE)/kernels/%/version: tests/vm/built-kernels/%.config | need-kernel
	@tests/vm/kernel $* >/dev/null
	@touch $@

# It says itself whether there is anything to do.
$(TOA_CACHE)/kernels/source-%/version: always | need-kernel
	@tests/vm/kernel source-$* >/dev/null

always:

# The ABI from C, as a program of this machine's and as a 32-bit one.
c-programs: need-compile-test
	@$(MAKE) -s -C samples/c OUT=$(abspath artifacts/c)
	@$(MAKE) -s -C samples/c OUT=$(abspath artifacts/c) NAME=toa_server32 CFLAGS='-m32 -static'

KMOD_SOURCES := $(shell find native/kmod native/include -type f -not -name '.*')
TEST_MODULE_SOURCES := $(wildcard tests/vm/modules/*)
# Headers of old kernels warn with new compilers.
BUILD_MODULE = tests/vm/build-module $* KCFLAGS='$(if $(filter source-%,$*),,-Werror) -g0' W=1 HOOKS=$(HOOKS) -C

# Built in copies, for each kernel its own, with warnings as errors.
$(KMOD)/%/toa.ko: $(TOA_CACHE)/kernels/%/version $(KMOD_SOURCES)
	@echo "Building toa.ko for $$(cat $<)"
	@rm -rf $(@D) && mkdir -p $(@D) && cp -r native $(@D)/
	@$(BUILD_MODULE) $(@D)/native/kmod
	@cp $(@D)/native/kmod/toa.ko $@

# What the tests load in addition: a build that fails on demand, in the same place as what was probed
# of the kernel is still true, and modules that get in the way.
$(KMOD)/%/tests/toa-faults.ko: $(KMOD)/%/toa.ko $(TEST_MODULE_SOURCES)
	@rm -rf $(@D) && mkdir -p $(@D) && cp -r tests/vm/modules $(@D)/
	@$(BUILD_MODULE) $(KMOD)/$*/native/kmod FAULTS=1
	@$(BUILD_MODULE) $(@D)/modules TOA_KMOD=$(abspath $(KMOD)/$*)/native/kmod
	@cp $(@D)/modules/*.ko $(@D)/
	@cp $(KMOD)/$*/native/kmod/toa.ko $@

include tests/groups.mk

.PHONY: help demo test test-matrix docs-matrix test-debug-kernel test-endurance test-ebpf test-mono bench bench-kernel bench-balancer mutation pack docs screenshots \
	fuzz lint sparse checkpatch build solution modules bpf kmod clean demo-programs guest-programs c-programs always
.SECONDARY:
