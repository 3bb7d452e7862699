#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Prints a header that defines TOA_HAVE_<name> for each probes/<name>.c that the
# compiler takes with the kernel's headers. Stable kernels get back-ports: their
# version number does not tell what is in them, their headers do.
#
# usage: probe.sh COMPILER FLAG...
set -u

probes=$(dirname "$0")/probes

# Headers may warn, as those of an old kernel do with a new compiler. A probe that calls or
# assigns something with other types has failed, though C would only warn of some of them.
takes() {
	"$@" -Wno-error -Werror=incompatible-pointer-types -Werror=int-conversion \
		-Werror=implicit-function-declaration
}

if ! command -v "$1" >/dev/null; then
	echo "toa: $1, the compiler of this kernel, is not installed. Install it, or name another compiler: make CC=..." >&2
	exit 1
fi

# If this does not compile, nothing that the probes say means anything.
if ! errors=$(echo '#include <linux/module.h>' | takes "$@" -fsyntax-only -x c - 2>&1); then
	echo "$errors" >&2
	echo "toa: $1 refuses this kernel's headers or flags. Name the compiler that the kernel was built with: make CC=..." >&2
	exit 1
fi

# Every version since Linux 3.13 has it, and RHEL 7. Older kernels lack more than the probes could make up for.
if ! takes "$@" -fsyntax-only -x c - 2>/dev/null <<END
#include <net/sock.h>
#if IS_ENABLED(CONFIG_IPV6)
unsigned long probed = __builtin_offsetof(struct sock, sk_v6_daddr);
#endif
END
then
	echo "toa: this kernel is too old: the module requires the 3.10 of RHEL 7, or Linux 4.4 or newer." >&2
	exit 1
fi

echo "/* Made by probe.sh from this kernel's headers. */"
for probe in "$probes"/*.c; do
	if takes "$@" -fsyntax-only "$probe" 2>/dev/null; then
		echo "#define TOA_HAVE_$(basename "$probe" .c) 1"
	fi
done
