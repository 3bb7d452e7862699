// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions are watched: a kretprobe's entry handler keeps what a call is about, and its
 * return handler does the work. All of them, that of inet_sock_destruct too: an entry
 * handler may run in a trap that counts as an NMI, where no lock can be taken. A socket
 * is there until after its destructor has returned.
 *
 * Return handlers run with preemption off. No call from an interrupt is seen while a
 * handler of any kprobe runs on the same CPU: the kernel counts it in nmissed.
 *
 * No guard: unregistering waits for the handlers that run. A call that is still inside
 * its function then, perhaps asleep on a socket's lock, comes back through the kernel's
 * own trampoline, which finds nobody to tell.
 */
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/cpumask.h>
#include <linux/kernel.h>

#include "compat/getname.h"
#include "compat/kretprobe.h"
#include "compat/syn_recv_sock.h"
#include "getname.h"
#include "handshake.h"
#include "hook.h"
#include "hooks.h"

/* Of a call, from its entry to its return. */
union toa_call {
	struct {
		const struct sk_buff *skb;
		const bool *own_req;
	} handshake;
	struct {
		const struct socket *sock;
		struct sockaddr *addr;
	} question;
	const struct sock *ended;
};

static void *argument(struct pt_regs *regs, unsigned int number)
{
	return (void *)regs_get_kernel_argument(regs, number);
}

static union toa_call *call_of(struct kretprobe_instance *instance)
{
	return (union toa_call *)instance->data;
}

/* Entry handlers return whether to forget the call. */
static int handshake_enter(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	union toa_call *call = call_of(instance);

	call->handshake.skb = argument(regs, TOA_SYN_RECV_SOCK_SKB);
	call->handshake.own_req = argument(regs, TOA_SYN_RECV_SOCK_OWN_REQ);
	return 0;
}

static int handshake_enter_v4(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (!toa_handshake_is_v4(argument(regs, TOA_SYN_RECV_SOCK_SK)))
		return 1;
	return handshake_enter(instance, regs);
}

static int handshake_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	const union toa_call *call = call_of(instance);

	toa_handshake_done((struct sock *)regs_return_value(regs), call->handshake.skb,
			   call->handshake.own_req);
	return 0;
}

static int getname_enter(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	union toa_call *call = call_of(instance);

	call->question.sock = argument(regs, TOA_GETNAME_SOCK);
	call->question.addr = argument(regs, TOA_GETNAME_ADDR);
	return !(int)regs_get_kernel_argument(regs, TOA_GETNAME_PEER);
}

static int getname_return_v4(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	const union toa_call *call = call_of(instance);

	if ((int)regs_return_value(regs) >= 0)
		toa_getname_v4(call->question.sock, call->question.addr);
	return 0;
}

static int getname_return_v6(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	const union toa_call *call = call_of(instance);

	if ((int)regs_return_value(regs) >= 0)
		toa_getname_v6(call->question.sock, call->question.addr);
	return 0;
}

static int destruct_enter(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	call_of(instance)->ended = argument(regs, 0);
	return 0;
}

static int destruct_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	toa_release(call_of(instance)->ended);
	return 0;
}

static struct kretprobe probes[TOA_TARGETS] = {
	[TOA_DESTRUCT] = { .entry_handler = destruct_enter, .handler = destruct_return },
	[TOA_V4_GETNAME] = { .entry_handler = getname_enter, .handler = getname_return_v4 },
	[TOA_V6_GETNAME] = { .entry_handler = getname_enter, .handler = getname_return_v6 },
	[TOA_V4_SYN_RECV_SOCK] = {
		.entry_handler = handshake_enter_v4, .handler = handshake_return,
	},
	[TOA_V6_SYN_RECV_SOCK] = { .entry_handler = handshake_enter, .handler = handshake_return },
};

/*
 * How many calls can be on their way at once. A few for each CPU, as interrupts nest and
 * tasks are preempted; and getname sleeps while others hold the socket: a call for each
 * thread that waits so. Together they take some 150 KiB.
 */
static int most_calls(void)
{
	return max_t(int, 256, 8 * num_possible_cpus());
}

static int place(enum toa_target target)
{
	struct kretprobe *probe = &probes[target];
	int err;

	probe->kp.addr = toa_target_entry(&toa_targets, target);
	probe->data_size = sizeof(union toa_call);
	probe->maxactive = most_calls();
	err = register_kretprobe(probe);
	if (err)
		pr_err("cannot hook %s with a kretprobe: error %d\n",
		       toa_target_names[target], err);
	return err;
}

static void lift(enum toa_target target)
{
	unregister_kretprobe(&probes[target]);
}

static void warn(void)
{
	pr_warn("hooked with kretprobes: under load, some connections get no client address (hooks_missed in /proc/net/toa_stats). To avoid this, use a kernel with CONFIG_DYNAMIC_FTRACE_WITH_ARGS or CONFIG_DYNAMIC_FTRACE_WITH_REGS\n");
}

/* By kprobes/enabled in debugfs. */
static bool switchable(void)
{
	return true;
}

/* Because another handler was running, and because all calls were on their way. */
static unsigned long missed(void)
{
	unsigned long sum = 0;
	unsigned int i;

	for (i = 0; i < TOA_TARGETS; i++)
		sum += READ_ONCE(probes[i].kp.nmissed) + READ_ONCE(probes[i].nmissed);
	return sum;
}

const struct toa_hook_way toa_hook_way = {
	.name = "kprobe",
	.place = place,
	.lift = lift,
	.warn = warn,
	.switchable = switchable,
	.missed = missed,
};
