# The groups of tests, and what each needs to be built. `make test-GROUP` runs one. tests/run runs all,
# with one job more than there are CPUs: an emulated guest uses one CPU, and a fifth of that is idle.
# Long groups come first, so that the run does not end with one of them alone. Other groups come
# between guests, because three guests on two CPUs are slow.

GROUP := tests/group
WITHOUT_PROGRAMS := -- toa-scenarios run --without-programs
LOGGER := --nologo --logger 'console;verbosity=normal'
# A project's tests for a framework. By the path of the dll: MSBuild needs seconds to find it.
dotnet_test = dotnet test artifacts/bin/$(1)/release$(2:%=_%)/$(1).dll $(LOGGER)
# The same on net10.0, followed by the check of the assembly's line coverage.
covering_test = sh -c "dotnet test tests/$(1) -c Release -f net10.0 --no-build -p:Coverage=true $(LOGGER) && tests/coverage $(1:%.Tests=%)"

LAST_KERNEL := $(lastword $(KERNELS))
SUITES := $(patsubst %,test-suite-%,$(LAST_KERNEL) $(filter-out $(LAST_KERNEL),$(KERNELS)))
EBPF_SUITES := test-ebpf-5.10 test-ebpf-host
# They do not need the programs for guests, and use the CPUs that building those leaves idle.
FIRST := test-package test-stays test-guest test-parser
TEST_GROUPS := $(FIRST) $(SUITES) test-tool $(EBPF_SUITES) test-aspnetcore-net10.0 test-boot-5.10 test-aspnetcore-net8.0 test-whoami \
	test-files test-library-net10.0 test-surroundings test-library-net8.0 test-library-netstandard2.0 \
	test-balancer test-hosting test-kit test-kit-sample test-others

test-groups: $(TEST_GROUPS)

# make starts every group that is ready, in this order. When all run, these wait until everything is built: then
# the long ones start first.
ifneq ($(filter test-groups,$(MAKECMDGOALS)),)
guest-programs: | solution
$(filter-out $(FIRST),$(TEST_GROUPS)): | guest-programs $(MODULES)
endif

# The functional suite with the kernel module, in a guest. The scenarios with programs run on the last kernel only.
$(SUITES): test-suite-%: $(KMOD)/%/tests/toa-faults.ko guest-programs
	@$(GROUP) suite-$* tests/vm/suite $* $(if $(filter-out $*,$(LAST_KERNEL)),$(WITHOUT_PROGRAMS))

# The same with the eBPF provider: in a guest with its oldest kernel, and on this machine's kernel. The scenarios with
# programs run on this machine's kernel, or in the guest if this machine does not allow that.
$(filter-out %-host,$(EBPF_SUITES)): test-ebpf-%: bpf guest-programs $(TOA_CACHE)/kernels/%/version
	@tests/vm/on-host true >/dev/null 2>&1; [ $$? -eq 77 ] || programs='$(WITHOUT_PROGRAMS)'; \
		$(GROUP) ebpf-$* tests/vm/suite $* --ebpf $$programs

test-ebpf-host: bpf guest-programs
	@$(GROUP) ebpf-host tests/vm/on-host

# The eBPF provider as a service of a guest's systemd.
test-boot-5.10: bpf guest-programs $(TOA_CACHE)/kernels/5.10/version
	@$(GROUP) boot-5.10 tests/vm/bpf-at-boot --kernel 5.10

# The eBPF provider's files stats and table, also on kernels that refuse them.
test-files: bpf guest-programs $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) files tests/vm/bpf-files

test-surroundings: bpf guest-programs
	@$(GROUP) surroundings tests/vm/on-host tests/vm/bpf-surroundings artifacts/bpf/toa.bpf.o

# tests/vm/guest itself.
test-guest: $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) guest tests/vm/guest-check

# rmmod when the kernel cannot remove the module's hooks.
test-stays: $(KMOD)/6.1/tests/toa-faults.ko
	@$(GROUP) stays tests/vm/module-stays 6.1

test-package: solution $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) package tests/packages/nuget

test-parser:
	@$(GROUP) parser $(MAKE) -s -C tests/native check

test-library-net10.0: solution
	@$(GROUP) library-net10.0 $(call covering_test,Toa.Tests)

test-library-net8.0: solution
	@$(GROUP) library-net8.0 $(call dotnet_test,Toa.Tests,net8.0)

test-library-netstandard2.0: solution
	@$(GROUP) library-netstandard2.0 $(call dotnet_test,Toa.NetStandard.Tests)

test-aspnetcore-net10.0: solution
	@$(GROUP) aspnetcore-net10.0 $(call covering_test,Toa.AspNetCore.Tests)

test-aspnetcore-net8.0: solution
	@$(GROUP) aspnetcore-net8.0 $(call dotnet_test,Toa.AspNetCore.Tests,net8.0)

test-hosting: solution
	@$(GROUP) hosting $(call covering_test,Toa.Extensions.Hosting.Tests)

test-others: solution
	@$(GROUP) others $(call dotnet_test,Toa.OtherServers.Tests)

test-balancer: need-guest-capture solution
	@$(GROUP) balancer $(call dotnet_test,Toa.LoadBalancer.Tests)

test-kit: solution
	@$(GROUP) kit $(call dotnet_test,Toa.Testing.Tests)

# The sample that shows the kit, also without root.
test-kit-sample: solution
	@$(GROUP) kit-sample tests/kit-sample

test-tool: need-guest-test-capture solution $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) tool $(call dotnet_test,Toa.Tool.Tests)

test-whoami: need-test solution
	@$(GROUP) whoami $(call dotnet_test,Toa.WhoAmI.Tests)

.PHONY: test-groups $(TEST_GROUPS)
