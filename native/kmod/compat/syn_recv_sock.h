/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* syn_recv_sock has had four parameters, then six (4.4), then seven, in stable kernels too. */
#ifndef TOA_COMPAT_SYN_RECV_SOCK_H
#define TOA_COMPAT_SYN_RECV_SOCK_H

#include "generated.h"

#if defined(TOA_HAVE_OPT_CHILD_INIT)
#define TOA_SYN_RECV_SOCK_PARAMS \
	const struct sock *sk, struct sk_buff *skb, struct request_sock *req, \
	struct dst_entry *dst, struct request_sock *req_unhash, bool *own_req, \
	void (*opt_child_init)(struct sock *newsk, const struct sock *sk)
#define TOA_SYN_RECV_SOCK_ARGS sk, skb, req, dst, req_unhash, own_req, opt_child_init
#define TOA_SYN_RECV_SOCK_OWN own_req
#elif defined(TOA_HAVE_OWN_REQ)
#define TOA_SYN_RECV_SOCK_PARAMS \
	const struct sock *sk, struct sk_buff *skb, struct request_sock *req, \
	struct dst_entry *dst, struct request_sock *req_unhash, bool *own_req
#define TOA_SYN_RECV_SOCK_ARGS sk, skb, req, dst, req_unhash, own_req
#define TOA_SYN_RECV_SOCK_OWN own_req
#else
#define TOA_SYN_RECV_SOCK_PARAMS \
	struct sock *sk, struct sk_buff *skb, struct request_sock *req, struct dst_entry *dst
#define TOA_SYN_RECV_SOCK_ARGS sk, skb, req, dst
/* The listener is locked meanwhile: no other segment completes the same handshake. */
#define TOA_SYN_RECV_SOCK_OWN NULL
#endif

/* The places of arguments, from 0 on. */
#define TOA_SYN_RECV_SOCK_SK 0

#endif
