# Packages for distributions, container images, and releases. Included by the Makefile at the top.

# --- Debian packages ---

deb := debhelper dh-dkms dpkg-dev

deb: need-deb bpf tool ## builds the Debian packages toa-dkms, toa-bpf and toa into artifacts/deb
	@native/packaging/debian/build amd64
	@ls artifacts/deb/*_amd64.deb artifacts/deb/*_all.deb

deb-arm64: need-deb bpf-arm64 tool tool-arm64 ## builds toa-bpf and toa for arm64 into artifacts/deb
	@native/packaging/debian/build arm64
	@ls artifacts/deb/*_arm64.deb

# They are installed, upgraded, broken and removed in guests.
test-packages: test-packages-deb

test-packages-deb: need-guest-disk-bpf deb demo-programs
	@$(call install,lintian man-db)
	@$(GROUP) packages-deb tests/packages/deb

.PHONY: deb deb-arm64 test-packages test-packages-deb

# --- RPM packages ---

rpm := rpm

# One package of each kind for every architecture, and the source packages of the module.
rpm: need-rpm bpf tool ## builds the RPM packages into artifacts/rpm
	@native/packaging/rpm/build artifacts/rpm x86_64
	@ls artifacts/rpm

rpm-arm64: need-rpm bpf-arm64 tool tool-arm64 ## builds the RPM packages for arm64 into artifacts/rpm-arm64
	@native/packaging/rpm/build artifacts/rpm-arm64 aarch64
	@ls artifacts/rpm-arm64

packages: pack deb rpm ## builds the packages for NuGet, Debian and RPM-based systems

test-packages: test-packages-rpm
rpm_test := rpmlint cpio kmod busybox-static unzip
test-packages-rpm: need-rpm-rpm_test-guest $(TOA_CACHE)/kernels/6.1/version
	@$(GROUP) packages-rpm tests/packages/rpm

.PHONY: rpm rpm-arm64 packages test-packages test-packages-rpm

# --- Container images and Kubernetes ---

# To build images, and what the loader in them is linked with.
images := buildah mmdebstrap libbpf-dev libelf-dev zlib1g-dev libc6-dev
# For tests in addition: podman in a guest's disk, Helm's template functions.
images_test := podman crun skopeo golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev \
	golang-github-xeipuuv-gojsonschema-dev python3-yaml

images: tool tool-arm64 kubernetes need-images ## builds the container images as OCI archives, and the manifests that name them: artifacts/images, artifacts/kubernetes
	@native/packaging/images/build

kubernetes: ## writes the Kubernetes manifests and the Helm chart of this version: artifacts/kubernetes
	@native/packaging/kubernetes/write

test-packages: test-packages-images test-packages-kubernetes

test-packages-images: images need-images_test
	@$(GROUP) packages-images tests/packages/images

test-packages-kubernetes: images need-guest-disk-images_test $(TOA_CACHE)/kernels/6.1/version
	@$(call publish,samples/EchoServer)
	@$(GROUP) packages-kubernetes tests/packages/kubernetes

.PHONY: images kubernetes test-packages test-packages-images test-packages-kubernetes

# --- Programs for arm64 ---

SYSROOT := $(TOA_CACHE)/sysroot-arm64
ARM64_CC := clang --target=aarch64-linux-gnu --sysroot=$(SYSROOT) -fuse-ld=lld
# The packages of a cross compiler have the 32-bit C library in a folder of their own.
ARMHF := $(SYSROOT)/usr/arm-linux-gnueabihf
ARMHF_CC := clang --target=arm-linux-gnueabihf --sysroot=$(SYSROOT) -fuse-ld=lld -isystem $(ARMHF)/include -B$(ARMHF)/lib -L$(ARMHF)/lib

$(SYSROOT)/packages: tests/vm/sysroot | need-arm64
	@tests/vm/sysroot >/dev/null
	@touch $@

# Unlike gcc, clang reports the macros of the kernel's netlink.h.
bpf-arm64: need-bpf-arm64 $(SYSROOT)/packages ## builds the eBPF provider and its loader for arm64: artifacts/bpf-arm64/toa-bpf
	@$(MAKE) -s -C native/bpf OUT=$(abspath artifacts/bpf-arm64) CC='$(ARM64_CC)' CFLAGS=-Wno-sign-compare STRIP=llvm-strip

# In the environment, because a property on the command line would also count for the libraries, which are
# the same for all architectures.
publish-arm64 = export SysRoot=$(SYSROOT) CppCompilerAndLinker=clang LinkerFlavor=lld && $(call publish,$(1),linux-arm64)

tool: need-compile bpf ## compiles the tool into a single file: artifacts/publish/Toa.Tool/release_linux-x64/toa
	@$(call publish,src/Toa.Tool)
	@native/packaging/release/notices >artifacts/THIRD-PARTY-NOTICES

tool-arm64: need-compile bpf-arm64 ## compiles the tool for arm64: artifacts/publish/Toa.Tool/release_linux-arm64/toa
	@$(call publish-arm64,src/Toa.Tool)

# As guest-programs.
guest-programs-arm64: need-compile-test bpf-arm64
	@$(MAKE) -s -C samples/c OUT=$(abspath artifacts/c-arm64) CC='$(ARM64_CC)'
	@$(MAKE) -s -C samples/c OUT=$(abspath artifacts/c-arm64) NAME=toa_server32 CC='$(ARMHF_CC)' CFLAGS=-static
	@$(MAKE) -s -C tests/vm/bpf OUT=$(abspath artifacts/policy-arm64) CC='$(ARM64_CC)'
	@$(call publish-arm64,samples/WhoAmI src/Toa.Tool tests/vm/Toa.Scenarios)

test-packages: test-packages-arm64

# Cross-compiling the programs takes longer than running them.
test-packages-arm64: need-guest-test bpf guest-programs-arm64 $(KMOD)/6.12-arm64/tests/toa-faults.ko
	@$(call install,qemu-system-arm)
	@$(GROUP) packages-arm64 tests/packages/arm64

.PHONY: bpf-arm64 tool tool-arm64 guest-programs-arm64 test-packages test-packages-arm64

# --- Secure Boot ---

test-packages: test-packages-secure-boot

# A machine with Secure Boot from its firmware on, in QEMU.
test-packages-secure-boot: need-compile-guest $(KMOD)/6.1/toa.ko tool
	@$(call install,openssl bsdutils)
	@$(GROUP) packages-secure-boot tests/packages/secure-boot

.PHONY: test-packages-secure-boot

# --- Prometheus ---

test-packages: test-packages-prometheus

# Alerts, dashboard and metrics, with a real Prometheus.
test-packages-prometheus: need-compile bpf
	@dotnet build src/Toa.Tool -c Release -v quiet --nologo
	@$(call install,curl python3 dpkg)
	@$(GROUP) packages-prometheus tests/packages/prometheus

.PHONY: test-packages-prometheus

# --- Releases ---

# Packages have this time: the same commit gives the same bytes.
ifndef SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null)
endif
ifneq ($(SOURCE_DATE_EPOCH),)
export SOURCE_DATE_EPOCH
endif

# The libraries inside toa-bpf.
bpf-sbom: bpf
	@native/packaging/release/bpf-sbom >artifacts/bpf/toa-bpf.cdx.json

release: need-compile ## makes all artifacts of VERSION=x.y.z from this commit, with checksums, in artifacts/release/x.y.z
	@native/packaging/release/release $(VERSION)

test-packages: test-packages-release
test-packages-release: need-bpf
	@$(GROUP) packages-release tests/packages/release

.PHONY: bpf-sbom release test-packages-release
