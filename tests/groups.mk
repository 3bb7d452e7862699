# The groups of tests, and what each needs to be built. tests/run builds all of that and then
# runs them all, one more at a time than there are CPUs: an emulated guest takes one, and leaves a
# fifth of it unused. `make test-GROUP` runs one. Long ones stand first, so that no CPU waits for the
# last one, and other groups stand between guests, which are slow if three of them share two CPUs.

GROUP := tests/group
WITHOUT_PROGRAMS := -- toa-scenarios run --without-programs
LOGGER := --nologo --logger 'console;verbosity=normal'
# A project's tests, for a framework: by their file, as asking MSBuild for its place takes seconds.
dotnet_test = dotnet test artifacts/bin/$(1)/release$(2:%=_%)/$(1).dll $(LOGGER)

LAST_KERNEL := $(lastword $(KERNELS))
SUITES := $(patsubst %,test-suite-%,$(LAST_KERNEL) $(filter-out $(LAST_KERNEL),$(KERNELS)))
EBPF_SUITES := test-ebpf-5.10 test-ebpf-host
AT_BOOT := test-boot-6.1 test-boot-5.10
TEST_GROUPS := $(SUITES) test-package test-tool $(EBPF_SUITES) test-aspnetcore-net10.0 $(AT_BOOT) test-aspnetcore-net8.0 test-whoami \
	test-files test-guest test-library-net10.0 test-stays test-surroundings test-library-net8.0 test-library-netstandard2.0 \
	test-balancer test-hosting test-others test-parser

test-groups: $(TEST_GROUPS)

# With BUILT=yes, tests/run has built everything before.
needs = $(if $(BUILT),,$(1))
KERNELS_OF_TESTS := $(patsubst %,$(TOA_CACHE)/kernels/%/version,5.10 6.1)

# The modules beside what .NET builds, which leaves some of the CPUs unused.
test-builds: solution $(MODULES) guest-programs $(KERNELS_OF_TESTS) bpf

# The functional suite with the kernel module, in a guest. What programs make of it, on the last kernel only.
$(SUITES): test-suite-%: $(call needs,$(KMOD)/%/tests/toa-faults.ko guest-programs)
	@$(GROUP) suite-$* tests/vm/suite $* $(if $(filter-out $*,$(LAST_KERNEL)),$(WITHOUT_PROGRAMS))

# The same with the eBPF provider: in a guest with its oldest kernel, and on this machine's own. What programs make of it,
# on the latter, unless it does not allow that.
$(filter-out %-host,$(EBPF_SUITES)): test-ebpf-%: $(call needs,bpf guest-programs $(TOA_CACHE)/kernels/%/version)
	@tests/vm/on-host true >/dev/null 2>&1; [ $$? -eq 77 ] || programs='$(WITHOUT_PROGRAMS)'; \
		$(GROUP) ebpf-$* tests/vm/suite $* --ebpf $$programs

test-ebpf-host: $(call needs,bpf guest-programs)
	@$(GROUP) ebpf-host tests/vm/on-host

# The eBPF provider as a service of a guest's systemd.
$(AT_BOOT): test-boot-%: $(call needs,bpf guest-programs $(TOA_CACHE)/kernels/%/version)
	@$(GROUP) boot-$* tests/vm/bpf-at-boot --kernel $*

# Its files, and kernels that refuse them.
test-files: $(call needs,bpf guest-programs $(TOA_CACHE)/kernels/6.1/version)
	@$(GROUP) files tests/vm/bpf-files

test-surroundings: $(call needs,bpf guest-programs)
	@$(GROUP) surroundings tests/vm/on-host tests/vm/bpf-surroundings artifacts/bpf/toa.bpf.o

# What boots guests.
test-guest: $(call needs,$(TOA_CACHE)/kernels/6.1/version)
	@$(GROUP) guest tests/vm/guest-check

# A module whose hooks the kernel does not give back.
test-stays: $(call needs,$(KMOD)/6.1/tests/toa-faults.ko)
	@$(GROUP) stays tests/vm/module-stays 6.1

test-package: $(call needs,solution $(TOA_CACHE)/kernels/6.1/version)
	@$(GROUP) package tests/package

test-parser:
	@$(GROUP) parser $(MAKE) -s -C tests/native check

test-library-net10.0: $(call needs,solution)
	@$(GROUP) library-net10.0 sh -c "dotnet test tests/Toa.Tests -c Release -f net10.0 --no-build -p:Coverage=true $(LOGGER) && tests/coverage"

test-library-net8.0: $(call needs,solution)
	@$(GROUP) library-net8.0 $(call dotnet_test,Toa.Tests,net8.0)

test-library-netstandard2.0: $(call needs,solution)
	@$(GROUP) library-netstandard2.0 $(call dotnet_test,Toa.NetStandard.Tests)

test-aspnetcore-net10.0 test-aspnetcore-net8.0: test-aspnetcore-%: $(call needs,solution)
	@$(GROUP) aspnetcore-$* $(call dotnet_test,Toa.AspNetCore.Tests,$*)

test-hosting: $(call needs,solution)
	@$(GROUP) hosting $(call dotnet_test,Toa.Extensions.Hosting.Tests)

test-others: $(call needs,solution)
	@$(GROUP) others $(call dotnet_test,Toa.OtherServers.Tests)

test-balancer: $(call needs,need-guest solution)
	@$(GROUP) balancer $(call dotnet_test,Toa.LoadBalancer.Tests)

test-tool: $(call needs,need-guest-test solution $(TOA_CACHE)/kernels/6.1/version)
	@$(GROUP) tool $(call dotnet_test,Toa.Tool.Tests)

test-whoami: $(call needs,need-test solution)
	@$(GROUP) whoami $(call dotnet_test,Toa.WhoAmI.Tests)

.PHONY: test-groups test-builds $(TEST_GROUPS)
