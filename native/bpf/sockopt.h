/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The socket options of toa.h. */
#ifndef TOA_BPF_SOCKOPT_H
#define TOA_BPF_SOCKOPT_H

#include "store.h"

#define TOA_IPPROTO_IP		0
#define TOA_IPPROTO_TCP		6
#define TOA_SOCK_STREAM		1
#define TOA_EFAULT		14
#define TOA_EINVAL		22
#define TOA_ENOPROTOOPT		92
#define TOA_EOPNOTSUPP		95
#define TOA_ENOTCONN		107
/* Whether programs can set the error of a call: since Linux 5.18. Set by the loader. */
const volatile bool toa_has_set_retval = false;

/*
 * Leaves the result of the call as it is. The kernel fails the call if optlen is larger than
 * its copy of the buffer, which is a page at most, and empty while the first program of the
 * machine is being attached. Before 5.18, if the call failed, it also copies its own, empty
 * buffer back. optlen = 0 prevents both.
 */
static __always_inline int toa_option_pass(struct bpf_sockopt *ctx)
{
	__s64 room = (__u8 *)ctx->optval_end - (__u8 *)ctx->optval;

	if (ctx->optlen > room || (!toa_has_set_retval && ctx->retval))
		*(volatile __s32 *)&ctx->optlen = 0;
	return 1;
}

/* Before 5.18, the kernel turns any value other than 0 and its own into EFAULT. */
static __always_inline int toa_option_fail(struct bpf_sockopt *ctx, int error)
{
	*(volatile __s32 *)&ctx->optlen = 0;
	if (toa_has_set_retval)
		bpf_set_retval(-error);
	else
		*(volatile __s32 *)&ctx->retval = -TOA_EFAULT;
	return 1;
}

/* volatile: clang would merge the two stores into one, which the verifier refuses. */
static __always_inline int toa_option_succeed(struct bpf_sockopt *ctx, int size)
{
	*(volatile __s32 *)&ctx->optlen = size;
	*(volatile __s32 *)&ctx->retval = 0;
	return 1;
}

/* By the rules of getpeername. */
static __always_inline bool toa_is_connected(const struct bpf_sock *sk)
{
	return sk->type == TOA_SOCK_STREAM && sk->protocol == TOA_IPPROTO_TCP && sk->dst_port &&
	       sk->state != BPF_TCP_CLOSE && sk->state != BPF_TCP_SYN_SENT;
}

static __always_inline int toa_get_lookup(struct bpf_sockopt *ctx, struct bpf_sock *sk, struct toa_nat64_peer *answer,
					  const void *end)
{
	const struct toa_connection *connection;

	if (ctx->optlen < (int)sizeof(*answer) || (const void *)(answer + 1) > end)
		return toa_option_fail(ctx, TOA_EINVAL);
	if (!toa_is_connected(sk))
		return toa_option_fail(ctx, TOA_ENOTCONN);
	connection = toa_store_get(sk, TOA_ASKED_OPTION);
	if (!connection) {
		toa_count(TOA_COUNT_GETNAME_TOA_EMPTY);
		return toa_option_fail(ctx, TOA_EINVAL);
	}
	if (connection->ipv4) {
		toa_count(TOA_COUNT_GETNAME_TOA_MISMATCH);
		return toa_option_fail(ctx, TOA_EFAULT);
	}
	__builtin_memcpy(&answer->saddr, &connection->client, sizeof(answer->saddr));
	answer->sport = connection->client_port;
	*(__u16 *)((__u8 *)answer + 18) = 0;	/* the padding goes to userspace too */
	toa_count(TOA_COUNT_GETNAME_TOA_OK);
	return toa_option_succeed(ctx, sizeof(*answer));
}

static __always_inline void toa_fill_info(struct toa_info *info, struct bpf_sock *sk)
{
	const struct toa_connection *connection = toa_store_get(sk, TOA_ASKED_OPTION);

	toa_address_of_peer((struct toa_address *)&info->peer, sk);
	info->peer_port = sk->dst_port;
	if (!connection)
		return;
	info->kind = connection->kind;
	info->length = toa_layout_of(connection->format)->length;
	info->format = connection->format;
	__builtin_memcpy(&info->client, &connection->client, sizeof(info->client));
	info->client_port = connection->client_port;
	__builtin_memcpy(&info->virtual_addr, &connection->virtual_addr, sizeof(info->virtual_addr));
	info->virtual_port = connection->virtual_port;
	info->network_id = connection->network_id;
}

static __always_inline int toa_get_info(struct bpf_sockopt *ctx, struct bpf_sock *sk, __u8 *answer, const void *end)
{
	struct toa_info info = { 0 };
	const __u8 *from = (const __u8 *)&info;
	int i;

	if (!toa_is_connected(sk))
		return toa_option_fail(ctx, TOA_ENOTCONN);
	toa_fill_info(&info, sk);
	if ((const void *)(answer + sizeof(info)) <= end) {
		__builtin_memcpy(answer, &info, sizeof(info));
		return toa_option_succeed(ctx, sizeof(info));
	}
#pragma unroll
	for (i = 0; i < (int)sizeof(info); i++) {
		if ((const void *)(answer + i + 1) > end)
			break;
		answer[i] = from[i];
	}
	/* optlen is the buffer's size already. */
	*(volatile __s32 *)&ctx->retval = 0;
	return 1;
}

/*
 * The kernel does not know these options and fails the call. Any other result comes from
 * another provider or another program, and is not changed.
 */
static __always_inline bool toa_option_is_unanswered(const struct bpf_sockopt *ctx)
{
	return ctx->retval == -TOA_ENOPROTOOPT || ctx->retval == -TOA_EOPNOTSUPP;
}

static __always_inline int toa_sockopt(struct bpf_sockopt *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	void *answer, *end;

	if (ctx->level != TOA_IPPROTO_IP || !sk ||
	    (ctx->optname != TOA_SO_GET_LOOKUP && ctx->optname != TOA_SO_GET_INFO) || !toa_option_is_unanswered(ctx))
		return toa_option_pass(ctx);
	/* volatile: clang would load later, from a computed address in ctx. */
	answer = *(void *volatile *)&ctx->optval;
	end = *(void *volatile *)&ctx->optval_end;
	if (ctx->optname == TOA_SO_GET_LOOKUP)
		return toa_get_lookup(ctx, sk, answer, end);
	return toa_get_info(ctx, sk, answer, end);
}

#endif
