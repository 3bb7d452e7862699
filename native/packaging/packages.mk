# Packages for distributions, container images, and releases. Included by the Makefile at the top.

# --- Debian packages ---

# --- RPM packages ---

# --- Container images and Kubernetes ---

# --- Programs for arm64 ---

SYSROOT := $(TOA_CACHE)/sysroot-arm64
ARM64_CC := clang --target=aarch64-linux-gnu --sysroot=$(SYSROOT) -fuse-ld=lld

$(SYSROOT)/packages: tests/vm/sysroot | need-arm64
	@tests/vm/sysroot >/dev/null
	@touch $@

# Unlike gcc, clang reports the macros of the kernel's netlink.h.
bpf-arm64: need-bpf-arm64 $(SYSROOT)/packages ## builds the eBPF provider and its loader for arm64: artifacts/bpf-arm64/toa-bpf
	@$(MAKE) -s -C native/bpf OUT=$(abspath artifacts/bpf-arm64) CC='$(ARM64_CC)' CFLAGS=-Wno-sign-compare STRIP=llvm-strip

.PHONY: bpf-arm64

# --- Releases ---
