#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Prints a header that defines TOA_HAVE_<name> for each probes/<name>.c that the
# compiler takes with the kernel's headers. Stable kernels get back-ports: their
# version number does not tell what is in them, their headers do.
#
# usage: probe.sh COMPILER FLAG...
set -u

probes=$(dirname "$0")/probes

# If this does not compile, nothing that the probes say means anything.
if ! echo '#include <linux/module.h>' | "$@" -Werror -fsyntax-only -x c - 2>/dev/null; then
	echo "probe.sh: the compiler refuses the kernel's headers:" >&2
	echo '#include <linux/module.h>' | "$@" -Werror -fsyntax-only -x c - >&2
	exit 1
fi

echo "/* Made by probe.sh from this kernel's headers. */"
for probe in "$probes"/*.c; do
	if "$@" -Werror -fsyntax-only "$probe" 2>/dev/null; then
		echo "#define TOA_HAVE_$(basename "$probe" .c) 1"
	fi
done
