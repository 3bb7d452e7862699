// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The hooks, which are ftrace's.
 *
 * The callback on inet_sock_destruct forgets the client of the socket, and changes nothing about
 * the call. The callbacks on the other functions redirect a call to a replacement if it is about
 * a connection that concerns this module. The replacement calls the original, and does this
 * module's work after it. All other calls go on as if there were no hook.
 *
 * A replacement calls the original behind the instruction that ftrace patches. Where that is not
 * possible, it calls the entry, and the callback recognises the caller by its address. So a
 * replacement must not end with a jump into the original: toa_guard_leave prevents that.
 *
 * The callbacks take no reference and need no guard: ftrace waits for them when it removes the
 * hooks. They need no protection from recursion, because none of them calls a hooked function. A
 * call goes unseen only if another user of ftrace causes it in a callback of its own.
 */
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/delay.h>
#include <linux/module.h>

#include "compat/ftrace.h"
#include "compat/getname.h"
#include "compat/memory.h"
#include "compat/original.h"
#include "compat/socket.h"
#include "compat/syn_recv_sock.h"
#include "faults.h"
#include "getname.h"
#include "guard.h"
#include "handshake.h"
#include "steps.h"
#include "store.h"
#include "targets.h"

TOA_DEFINE_ORIGINAL(v4_getname);
TOA_DEFINE_ORIGINAL(v6_getname);
TOA_DEFINE_ORIGINAL(v4_syn_recv_sock);
TOA_DEFINE_ORIGINAL(v6_syn_recv_sock);

/* Whether the replacements call the entries, so that their calls come back to the callbacks. */
static bool toa_hooks_call_entries __ro_after_init;

static int toa_hooks_v4_getname(TOA_GETNAME_PARAMS)
{
	int result;

	toa_guard_enter();
	result = toa_original(v4_getname)(TOA_GETNAME_ARGS);
	if (result >= 0)
		toa_getname_show(sock, AF_INET, addr);
	toa_guard_leave();
	return result;
}

static int toa_hooks_v6_getname(TOA_GETNAME_PARAMS)
{
	int result;

	toa_guard_enter();
	result = toa_original(v6_getname)(TOA_GETNAME_ARGS);
	if (result >= 0)
		toa_getname_show(sock, AF_INET6, addr);
	toa_guard_leave();
	return result;
}

static struct sock *toa_hooks_v4_syn_recv_sock(TOA_SYN_RECV_SOCK_PARAMS)
{
	struct sock *child;

	toa_guard_enter();
	child = toa_original(v4_syn_recv_sock)(TOA_SYN_RECV_SOCK_ARGS);
	toa_handshake_done(child, skb, TOA_SYN_RECV_SOCK_OWN);
	toa_guard_leave();
	return child;
}

static struct sock *toa_hooks_v6_syn_recv_sock(TOA_SYN_RECV_SOCK_PARAMS)
{
	struct sock *child;

	toa_guard_enter();
	child = toa_original(v6_syn_recv_sock)(TOA_SYN_RECV_SOCK_ARGS);
	toa_handshake_done(child, skb, TOA_SYN_RECV_SOCK_OWN);
	toa_guard_leave();
	return child;
}

/* The address at which a replacement calls its original. */
static const void *toa_hooks_original(enum toa_target target)
{
	const void *entry = toa_targets_entry(&toa_targets, target);

	return toa_hooks_call_entries || !entry ? entry : toa_behind_ftrace(entry);
}

static void toa_hooks_set_originals(void)
{
	enum toa_target target;

	for (target = TOA_V4_GETNAME; target <= TOA_V6_SYN_RECV_SOCK; target++)
		if (toa_targets_entry(&toa_targets, target) && !toa_hooks_original(target))
			toa_hooks_call_entries = true;
	toa_set_original(v4_getname, toa_hooks_original(TOA_V4_GETNAME));
	toa_set_original(v6_getname, toa_hooks_original(TOA_V6_GETNAME));
	toa_set_original(v4_syn_recv_sock, toa_hooks_original(TOA_V4_SYN_RECV_SOCK));
	toa_set_original(v6_syn_recv_sock, toa_hooks_original(TOA_V6_SYN_RECV_SOCK));
}

static __always_inline void toa_hooks_redirect(struct toa_ftrace_regs *regs,
					       unsigned long parent_ip, void *replacement)
{
	if (!toa_hooks_call_entries || !within_module_core(parent_ip, THIS_MODULE))
		toa_ftrace_set_ip(regs, (unsigned long)replacement);
}

/* Whether ftrace calls from the beginning of a function. NULL is no function. */
static __always_inline bool toa_hooks_is_in(unsigned long ip, const void *function)
{
	return ip - (unsigned long)function < TOA_FTRACE_SITE_WITHIN;
}

static void notrace toa_hooks_getname_called(unsigned long ip, unsigned long parent_ip,
					     struct ftrace_ops *ops, struct toa_ftrace_regs *regs)
{
	const struct socket *sock = (void *)toa_ftrace_argument(regs, TOA_GETNAME_SOCK);

	if ((int)toa_ftrace_argument(regs, TOA_GETNAME_PEER) && toa_getname_concerns(sock))
		toa_hooks_redirect(regs, parent_ip, toa_hooks_is_in(ip, toa_targets.v4_getname) ?
				   toa_hooks_v4_getname : toa_hooks_v6_getname);
}

static void notrace toa_hooks_syn_recv_sock_called(unsigned long ip, unsigned long parent_ip,
						   struct ftrace_ops *ops,
						   struct toa_ftrace_regs *regs)
{
	const struct sock *listener = (void *)toa_ftrace_argument(regs, TOA_SYN_RECV_SOCK_SK);

	if (!toa_hooks_is_in(ip, toa_targets.v4_syn_recv_sock))
		toa_hooks_redirect(regs, parent_ip, toa_hooks_v6_syn_recv_sock);
	else if (toa_handshake_is_ipv4(listener))
		toa_hooks_redirect(regs, parent_ip, toa_hooks_v4_syn_recv_sock);
}

/* Whether the end of any socket was seen since this was last set to false. */
static bool toa_hooks_saw_end;

static void notrace toa_hooks_destruct_called(unsigned long ip, unsigned long parent_ip,
					      struct ftrace_ops *ops,
					      struct toa_ftrace_regs *regs)
{
	if (unlikely(!READ_ONCE(toa_hooks_saw_end)))
		WRITE_ONCE(toa_hooks_saw_end, true);
	toa_store_remove((void *)toa_ftrace_argument(regs, 0));
}

/*
 * One for each callback, not one for all: a look at the address in each call of getname would
 * cost as much as the look into the store.
 */
static struct toa_hook {
	struct ftrace_ops ops;
	enum toa_target first, last;
	const char *names;
} toa_hooks[] = {
	{
		.first = TOA_DESTRUCT, .last = TOA_DESTRUCT,
		.names = "inet_sock_destruct",
		.ops = { .func = toa_hooks_destruct_called },
	},
	{
		.first = TOA_V4_GETNAME, .last = TOA_V6_GETNAME,
		.names = "inet_getname or inet6_getname",
		.ops = { .func = toa_hooks_getname_called, .flags = FTRACE_OPS_FL_IPMODIFY },
	},
	{
		.first = TOA_V4_SYN_RECV_SOCK, .last = TOA_V6_SYN_RECV_SOCK,
		.names = "tcp_v4_syn_recv_sock or tcp_v6_syn_recv_sock",
		.ops = { .func = toa_hooks_syn_recv_sock_called, .flags = FTRACE_OPS_FL_IPMODIFY },
	},
};

static int toa_hooks_add_target(struct toa_hook *hook, enum toa_target target)
{
	unsigned long entry = (unsigned long)toa_targets_entry(&toa_targets, target);
	int err = toa_fault_at(toa_targets_names[target]);

	return err || !entry ? err : ftrace_set_filter_ip(&hook->ops, entry, 0, 0);
}

static void toa_hooks_complain(const struct toa_hook *hook, int err)
{
	switch (err) {
	case -EBUSY:
		if (hook->ops.flags & FTRACE_OPS_FL_IPMODIFY)
			pr_err("cannot hook %s: a livepatch, a BPF program, a kprobe or another module has hooked it, which must go first\n",
			       hook->names);
		else
			pr_err("cannot hook %s: kernel.ftrace_enabled is 0: set it to 1\n",
			       hook->names);
		break;
	case -ENODEV:
		pr_err("cannot hook %s: ftrace is disabled after an error, see above in this log. Reboot this machine, or use the eBPF provider (toa-bpf)\n",
		       hook->names);
		break;
	default:
		pr_err("cannot hook %s: error %d\n", hook->names, err);
	}
}

/*
 * All functions of a hook are known before it is registered: the kernel makes BPF trampolines
 * there share the call only then.
 */
static int toa_hooks_place(struct toa_hook *hook)
{
	enum toa_target target;
	int err = 0;

	hook->ops.flags |= TOA_FTRACE_FLAGS;
	if (toa_fault_switchable())
		hook->ops.flags &= ~TOA_FTRACE_FLAGS_PERMANENT;
	for (target = hook->first; target <= hook->last && !err; target++)
		err = toa_hooks_add_target(hook, target);
	if (!err)
		err = register_ftrace_function(&hook->ops);
	if (err) {
		toa_ftrace_clear_filter(&hook->ops);
		toa_hooks_complain(hook, err);
	}
	return err;
}

/* The kernel's functions still lead into this module's text, which must therefore stay. */
static void toa_hooks_stay(const struct toa_hook *hook, int err)
{
	pr_err("cannot unhook %s: error %d: ftrace has shut itself down, see above in this log. The module stays in memory: reboot this machine\n",
	       hook->names, err);
	for (;;)
		ssleep(60);
}

static void toa_hooks_lift(struct toa_hook *hook)
{
	int err = toa_fault_at("lift");

	if (!err)
		err = unregister_ftrace_function(&hook->ops);
	if (err)
		toa_hooks_stay(hook, err);
	/* It may have shut itself down in the act, and said nothing. */
	err = toa_ftrace_clear_filter(&hook->ops);
	if (err == -ENODEV)
		toa_hooks_stay(hook, err);
}

static void toa_hooks_lift_first(unsigned int count)
{
	while (count--)
		toa_hooks_lift(&toa_hooks[count]);
}

/* New calls no longer reach a replacement. toa_guard_exit waits for the calls inside one. */
void toa_hooks_exit(void)
{
	toa_hooks_lift_first(ARRAY_SIZE(toa_hooks));
}

/**
 * toa_hooks_check() - looks whether the kernel calls the hooks
 * @family: PF_INET or PF_INET6
 *
 * The hook on inet_sock_destruct stands for all: ftrace switches them off together. But a compiler
 * may have put this function into a caller of one family.
 *
 * Return: 0, -EOPNOTSUPP if it does not, or why nothing could be tried.
 */
int toa_hooks_check(int family)
{
	struct socket *sock;
	int err = toa_socket_create(family, &sock);

	if (err)
		return err;
	WRITE_ONCE(toa_hooks_saw_end, false);
	sock_release(sock);
	return READ_ONCE(toa_hooks_saw_end) ? 0 : -EOPNOTSUPP;
}

static int toa_hooks_check_all(void)
{
	int err = toa_hooks_check(PF_INET);

	if (!err && toa_targets.v6_getname)
		err = toa_hooks_check(PF_INET6);
	if (err == -EOPNOTSUPP)
		pr_err("the hooks are installed, but the kernel does not call them: set kernel.ftrace_enabled to 1. If it is 1, use the eBPF provider (toa-bpf)\n");
	return err;
}

/*
 * All or none, in the order of a connection's life backwards: nothing is learnt before it can be
 * forgotten.
 */
int toa_hooks_init(void)
{
	unsigned int placed;
	int err = 0;

	toa_hooks_set_originals();
	if (toa_hooks_call_entries)
		pr_info("the hooks call the kernel's functions through ftrace: tracers see these calls twice\n");
	for (placed = 0; placed < ARRAY_SIZE(toa_hooks) && !err; placed++)
		err = toa_hooks_place(&toa_hooks[placed]);
	if (err)
		placed--;
	else
		err = toa_hooks_check_all();
	if (err)
		toa_hooks_lift_first(placed);
	return err;
}
