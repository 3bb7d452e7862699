// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The provider without a module: one object for every kernel from 5.10 on. */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* toa.h includes libc's netinet/in.h, which does not support the bpf target. It needs only in6.h of it. */
#define _NETINET_IN_H
#include <linux/in6.h>
#include "toa.h"

#include "first_data.h"
#include "handshake.h"
#include "peername.h"
#include "sockopt.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

SEC("sockops")
int toa_connections(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return 1;
	switch (ctx->op) {
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		toa_handshake_done(ctx, sk);
		break;
	case BPF_SOCK_OPS_PARSE_HDR_OPT_CB:
		toa_first_data(ctx, sk);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (ctx->args[1] == BPF_TCP_CLOSE)
			toa_store_end(sk);
		break;
	/* A disconnected socket is reused. Its end may not be counted: another program can turn STATE_CB off. */
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		toa_store_remove(sk);
		break;
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		toa_store_remove(sk);
		toa_save_syn(ctx);
		break;
	}
	return 1;
}

SEC("cgroup/getpeername4")
int toa_getpeername4(struct bpf_sock_addr *ctx)
{
	toa_peername_v4(ctx);
	return 1;
}

SEC("cgroup/getpeername6")
int toa_getpeername6(struct bpf_sock_addr *ctx)
{
	toa_peername_v6(ctx);
	return 1;
}

SEC("cgroup/getsockopt")
int toa_getsockopt(struct bpf_sockopt *ctx)
{
	return toa_sockopt(ctx);
}
