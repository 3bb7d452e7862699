// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A security policy as on hardened hosts: it refuses tracing programs, and allows other types. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define REFUSED	(-1)	/* EPERM */

char LICENSE[] SEC("license") = "GPL";

SEC("lsm/bpf")
int BPF_PROG(no_tracing, int command, union bpf_attr *attributes, unsigned int size)
{
	return command == BPF_PROG_LOAD && attributes->prog_type == BPF_PROG_TYPE_TRACING ? REFUSED : 0;
}
