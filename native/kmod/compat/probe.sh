#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
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

# Every version since Linux 3.13 has it, and RHEL 7. Older kernels lack more than the probes could make up for.
if ! takes "$@" -fsyntax-only -x c - 2>/dev/null <<END
#include <net/sock.h>
#if IS_ENABLED(CONFIG_IPV6)
unsigned long probed = __builtin_offsetof(struct sock, sk_v6_daddr);
#endif
END
then
	if errors=$(echo '#include <linux/module.h>' | takes "$@" -fsyntax-only -x c - 2>&1); then
		echo "toa: this kernel is too old: the module requires the 3.10 of RHEL 7, or Linux 4.4 or newer." >&2
	else
		echo "$errors" >&2
		echo "toa: $1 refuses this kernel's headers or flags. Name the compiler that the kernel was built with: make CC=..." >&2
	fi
	exit 1
fi

# Probes as one source, because reading the kernel's headers takes most of the time. Each
# has its own names, and errors show its file.
together() {
	for probe; do
		echo "#line 1 \"$probe\""
		sed "/^#include/!s/probed*/&_${probe%.c}/g" "$probes/$probe"
	done
}

# The probes that errors are about. An error in a macro is at the macro's place, with a note that leads to the probe.
blamed() {
	for kind in error note; do
		echo "$1" | sed -n "s/^\([A-Z0-9_]*\.c\):[0-9:]* \(fatal \)\{0,1\}$kind:.*/\1/p" | sort -u | grep . && break
	done
}

# Leaves out probes until the compiler takes all that are left.
has=$(cd "$probes" && printf '%s\n' *.c)
# shellcheck disable=SC2086
while [ -n "$has" ] && ! errors=$(together $has | LC_ALL=C takes "$@" -fsyntax-only -x c - 2>&1); do
	lacks=$(blamed "$errors")
	if [ -z "$lacks" ]; then
		echo "$errors" >&2
		echo "toa: $1 fails on this kernel's headers, see above." >&2
		exit 1
	fi
	has=$(echo "$has" | grep -vxF "$lacks")
done

echo "/* Made by probe.sh from this kernel's headers. */"
for probe in $has; do
	echo "#define TOA_HAVE_${probe%.c} 1"
done
