// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Attaches the programs of trace_hooked.bpf.c, and detaches them at the end of its input. Prints
 * "attached", and then for each function its calls and returns. If they cannot be attached, prints
 * the error's number instead.
 */
#include <stdio.h>

#include "trace_hooked.h"
#include "trace_hooked.skel.h"

int main(void)
{
	struct trace_hooked_bpf *tracer;
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(NULL);
	tracer = trace_hooked_bpf__open_and_load();
	err = tracer ? trace_hooked_bpf__attach(tracer) : -errno;
	if (err) {
		trace_hooked_bpf__destroy(tracer);
		printf("%d\n", -err);
		return 1;
	}
	puts("attached");
	while (getchar() != EOF)
		;
	for (int i = 0; i < HOOKED; i++)
		printf("%lu %lu\n", tracer->bss->calls[i], tracer->bss->returns[i]);
	trace_hooked_bpf__destroy(tracer);
	return 0;
}
