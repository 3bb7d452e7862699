# The groups of tests, and what each needs to be built. `make test-GROUP` runs one, tests/run all
# of them: as many at a time as there are CPUs and one more, as emulated guests leave a CPU unused
# at times. Those that wait most stand first, and what the others need is built beside them.

GROUP := tests/group
DOTNET_TEST := dotnet test -c Release --no-build --nologo --logger 'console;verbosity=normal'

SUITES := $(KERNELS:%=test-suite-%)
EBPF_SUITES := test-ebpf-5.10 test-ebpf-host
AT_BOOT := test-boot-6.1 test-boot-5.10
UNITS := test-tool test-whoami test-aspnetcore-net10.0 test-aspnetcore-net8.0 test-library-net10.0 test-library-net8.0 \
	test-library-netstandard2.0 test-balancer
TEST_GROUPS := $(SUITES) $(EBPF_SUITES) test-package $(AT_BOOT) test-files test-guest test-surroundings $(UNITS) test-parser

test-groups: $(TEST_GROUPS)

# The functional suite with the kernel module, in a guest.
$(SUITES): test-suite-%: $(KMOD)/%/tests/toa-faults.ko guest-programs
	@$(GROUP) suite-$* tests/vm/suite $*

# The same with the eBPF provider: in a guest with its oldest kernel, and on this machine's own.
$(filter-out %-host,$(EBPF_SUITES)): test-ebpf-%: bpf guest-programs $(TOA_CACHE)/kernels/%/version
	@$(GROUP) ebpf-$* tests/vm/suite $* --ebpf

test-ebpf-host: bpf guest-programs
	@$(GROUP) ebpf-host tests/vm/on-host

# The eBPF provider as a service of a guest's systemd.
$(AT_BOOT): test-boot-%: bpf guest-programs $(TOA_CACHE)/kernels/%/version
	@$(GROUP) boot-$* tests/vm/bpf-at-boot --kernel $*

# Its files, and kernels that refuse them.
test-files: bpf guest-programs $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) files tests/vm/bpf-files

test-surroundings: bpf guest-programs
	@$(GROUP) surroundings tests/vm/on-host tests/vm/bpf-surroundings artifacts/bpf/toa.bpf.o

# What boots guests.
test-guest: $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) guest tests/vm/guest-check

test-package: solution $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) package tests/package

test-parser:
	@$(GROUP) parser $(MAKE) -s -C tests/native check

test-library-net10.0: solution
	@$(GROUP) library-net10.0 sh -c "$(DOTNET_TEST) tests/Toa.Tests -f net10.0 -p:Coverage=true && tests/coverage"

test-library-net8.0: solution
	@$(GROUP) library-net8.0 $(DOTNET_TEST) tests/Toa.Tests -f net8.0

test-library-netstandard2.0: solution
	@$(GROUP) library-netstandard2.0 $(DOTNET_TEST) tests/Toa.NetStandard.Tests

test-aspnetcore-net10.0 test-aspnetcore-net8.0: test-aspnetcore-%: solution
	@$(GROUP) aspnetcore-$* $(DOTNET_TEST) tests/Toa.AspNetCore.Tests -f $*

test-balancer: need-guest solution
	@$(GROUP) balancer $(DOTNET_TEST) tests/Toa.LoadBalancer.Tests

test-tool: need-guest-test solution $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) tool $(DOTNET_TEST) tests/Toa.Tool.Tests

test-whoami: need-test solution
	@$(GROUP) whoami $(DOTNET_TEST) tests/Toa.WhoAmI.Tests

.PHONY: test-groups $(TEST_GROUPS)
