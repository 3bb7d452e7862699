// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Counts the calls and returns of the functions that the module hooks. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "trace_hooked.h"

char LICENSE[] SEC("license") = "GPL";

unsigned long calls[HOOKED], returns[HOOKED];

#define COUNT(number, function) \
	SEC("fentry/" #function) \
	int BPF_PROG(call_##function) \
	{ \
		__sync_fetch_and_add(&calls[number], 1); \
		return 0; \
	} \
	SEC("fexit/" #function) \
	int BPF_PROG(return_##function) \
	{ \
		__sync_fetch_and_add(&returns[number], 1); \
		return 0; \
	}

COUNT(0, inet_sock_destruct)
COUNT(1, inet_getname)
COUNT(2, inet6_getname)
COUNT(3, tcp_v4_syn_recv_sock)
COUNT(4, tcp_v6_syn_recv_sock)
