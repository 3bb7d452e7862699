// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ftrace callback decides whether a call is about a connection that concerns this module.
 * If so, it redirects the call to a replacement, which calls the original and does this module's
 * work before or after it. All other calls go on as if there were no hook.
 *
 * A replacement calls the original behind the instruction that ftrace patches. Where that is
 * not possible, it calls the entry. The callback then recognises the caller by its address, so
 * a replacement must not end with a jump into the original: toa_guard_leave prevents that.
 */
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/delay.h>

#include "compat/ftrace.h"
#include "compat/getname.h"
#include "compat/module_text.h"
#include "compat/original.h"
#include "compat/syn_recv_sock.h"
#include "faults.h"
#include "guard.h"
#include "getname.h"
#include "handshake.h"
#include "hook.h"
#include "hooks.h"
#include "store.h"

struct toa_hook {
	void *replacement;
	bool calls_entry;	/* its calls of the original come back to the callback */
	struct ftrace_ops ops;
};

TOA_DEFINE_ORIGINAL(destruct, toa_destruct_fn);
TOA_DEFINE_ORIGINAL(v4_getname, toa_getname_fn);
TOA_DEFINE_ORIGINAL(v6_getname, toa_getname_fn);
TOA_DEFINE_ORIGINAL(v4_syn_recv_sock, toa_syn_recv_sock_fn);
TOA_DEFINE_ORIGINAL(v6_syn_recv_sock, toa_syn_recv_sock_fn);

static void set_original(enum toa_target target, void *to)
{
	switch (target) {
	case TOA_DESTRUCT:
		toa_set_original(destruct, toa_destruct_fn, to);
		break;
	case TOA_V4_GETNAME:
		toa_set_original(v4_getname, toa_getname_fn, to);
		break;
	case TOA_V6_GETNAME:
		toa_set_original(v6_getname, toa_getname_fn, to);
		break;
	case TOA_V4_SYN_RECV_SOCK:
		toa_set_original(v4_syn_recv_sock, toa_syn_recv_sock_fn, to);
		break;
	case TOA_V6_SYN_RECV_SOCK:
		toa_set_original(v6_syn_recv_sock, toa_syn_recv_sock_fn, to);
		break;
	case TOA_TARGETS:
		break;
	}
}

static struct toa_hook hooks[TOA_TARGETS];

static struct sock *handshake_v4(TOA_SYN_RECV_SOCK_PARAMS)
{
	struct sock *child;

	toa_guard_enter();
	child = toa_original(v4_syn_recv_sock)(TOA_SYN_RECV_SOCK_ARGS);
	if (toa_handshake_is_v4(sk))
		toa_handshake_done(child, skb, TOA_SYN_RECV_SOCK_OWN);
	toa_guard_leave();
	return child;
}

static struct sock *handshake_v6(TOA_SYN_RECV_SOCK_PARAMS)
{
	struct sock *child;

	toa_guard_enter();
	child = toa_original(v6_syn_recv_sock)(TOA_SYN_RECV_SOCK_ARGS);
	toa_handshake_done(child, skb, TOA_SYN_RECV_SOCK_OWN);
	toa_guard_leave();
	return child;
}

static int peername_v4(TOA_GETNAME_PARAMS)
{
	int result;

	toa_guard_enter();
	result = toa_original(v4_getname)(TOA_GETNAME_ARGS);
	if (peer && result >= 0)
		toa_getname_v4(sock, addr);
	toa_guard_leave();
	return result;
}

static int peername_v6(TOA_GETNAME_PARAMS)
{
	int result;

	toa_guard_enter();
	result = toa_original(v6_getname)(TOA_GETNAME_ARGS);
	if (peer && result >= 0)
		toa_getname_v6(sock, addr);
	toa_guard_leave();
	return result;
}

static void release(struct sock *sk)
{
	toa_guard_enter();
	toa_release(sk);
	toa_original(destruct)(sk);
	toa_guard_leave();
}

static const struct toa_targets replacements = {
	.destruct = release,
	.v4_getname = peername_v4,
	.v6_getname = peername_v6,
	.v4_syn_recv_sock = handshake_v4,
	.v6_syn_recv_sock = handshake_v6,
};

static __always_inline void redirect(unsigned long parent_ip, struct ftrace_ops *ops,
				     struct toa_ftrace_regs *regs)
{
	const struct toa_hook *hook = container_of(ops, struct toa_hook, ops);

	if (!hook->calls_entry || !toa_module_text_contains(parent_ip))
		toa_ftrace_set_ip(regs, (unsigned long)hook->replacement);
}

static void notrace handshake_called(unsigned long ip, unsigned long parent_ip,
				     struct ftrace_ops *ops, struct toa_ftrace_regs *regs)
{
	redirect(parent_ip, ops, regs);
}

#ifdef toa_ftrace_argument

static void notrace getname_called(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops, struct toa_ftrace_regs *regs)
{
	const struct socket *sock = (void *)toa_ftrace_argument(regs, TOA_GETNAME_SOCK);

	if ((int)toa_ftrace_argument(regs, TOA_GETNAME_PEER) && toa_getname_concerns(sock))
		redirect(parent_ip, ops, regs);
}

static void notrace destruct_called(unsigned long ip, unsigned long parent_ip,
				    struct ftrace_ops *ops, struct toa_ftrace_regs *regs)
{
	if (toa_release_concerns((void *)toa_ftrace_argument(regs, 0)))
		redirect(parent_ip, ops, regs);
}

#else

#define getname_called handshake_called
#define destruct_called handshake_called

#endif

static const ftrace_func_t callbacks[TOA_TARGETS] = {
	[TOA_DESTRUCT] = destruct_called,
	[TOA_V4_GETNAME] = getname_called,
	[TOA_V6_GETNAME] = getname_called,
	[TOA_V4_SYN_RECV_SOCK] = handshake_called,
	[TOA_V6_SYN_RECV_SOCK] = handshake_called,
};

/* By kernel.ftrace_enabled, which PERMANENT refuses. */
static bool switchable(void)
{
	return !TOA_FTRACE_FLAGS_PERMANENT || toa_fault_switchable();
}

static int place(enum toa_target target)
{
	unsigned long entry = (unsigned long)toa_target_entry(&toa_targets, target);
	void *behind = toa_behind_ftrace((void *)entry);
	const char *name = toa_target_names[target];
	struct toa_hook *hook = &hooks[target];
	int err;

	hook->replacement = toa_target_entry(&replacements, target);
	hook->calls_entry = !behind;
	set_original(target, behind ? behind : (void *)entry);
	hook->ops.func = callbacks[target];
	hook->ops.flags = FTRACE_OPS_FL_IPMODIFY | TOA_FTRACE_FLAGS;
	if (switchable())
		hook->ops.flags &= ~TOA_FTRACE_FLAGS_PERMANENT;
	err = ftrace_set_filter_ip(&hook->ops, entry, 0, 0);
	if (!err)
		err = register_ftrace_function(&hook->ops);
	if (!err)
		return 0;

	toa_ftrace_clear_filter(&hook->ops);
	switch (err) {
	case -EBUSY:
		pr_err("cannot hook %s: a livepatch or another module has hooked it, or kernel.ftrace_enabled is 0. Unload that module, or set kernel.ftrace_enabled to 1\n",
		       name);
		break;
	default:
		pr_err("cannot hook %s: error %d\n", name, err);
	}
	return err;
}

/* The function still leads into this module's text, which must therefore never be freed. */
static void stay(enum toa_target target, int err)
{
	pr_err("cannot unhook %s: error %d: ftrace has shut itself down, see above in this log. The module stays in memory: reboot this machine\n",
	       toa_target_names[target], err);
	for (;;)
		ssleep(60);
}

static void lift(enum toa_target target)
{
	int err = toa_fault_at("lift");

	if (!err)
		err = unregister_ftrace_function(&hooks[target].ops);
	if (err)
		stay(target, err);
	/* It may have shut itself down in the act, and said nothing. */
	err = toa_ftrace_clear_filter(&hooks[target].ops);
	if (err == -ENODEV)
		stay(target, err);
}

static unsigned long missed(void)
{
	return 0;
}

const struct toa_hook_way toa_hook_way = {
	.name = "ftrace",
	.place = place,
	.lift = lift,
	.switchable = switchable,
	.missed = missed,
};
