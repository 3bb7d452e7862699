// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Sets up the policy of no_tracing.bpf.c, until the file that the argument names is removed. */
#include <stdio.h>
#include <string.h>

#include "no_tracing.skel.h"

int main(int argc, char **argv)
{
	struct no_tracing_bpf *policy = no_tracing_bpf__open_and_load();
	int err = policy ? no_tracing_bpf__attach(policy) : -errno;

	if (!err && argc == 2)
		err = bpf_link__pin(policy->links.no_tracing, argv[1]);
	if (err || argc != 2)
		fprintf(stderr, "no-tracing: %s\n", err ? strerror(-err) : "usage: no-tracing PIN");
	return err || argc != 2;
}
