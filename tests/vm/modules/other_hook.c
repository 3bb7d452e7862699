// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Simulates a livepatch: it hooks tcp_v4_syn_recv_sock with the right to redirect calls. */
#include <linux/ftrace.h>
#include <linux/module.h>

#include "ftrace.h"

static void notrace pass(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			 struct toa_ftrace_regs *regs)
{
}

static struct ftrace_ops ops = {
	.func = pass,
	.flags = FTRACE_OPS_FL_IPMODIFY | TOA_FTRACE_FLAGS,
};

static int __init other_hook_init(void)
{
	static unsigned char target[] = "tcp_v4_syn_recv_sock";
	int err = ftrace_set_filter(&ops, target, sizeof(target) - 1, 0);

	if (!err)
		err = register_ftrace_function(&ops);
	if (err)
		toa_ftrace_clear_filter(&ops);
	return err;
}

static void __exit other_hook_exit(void)
{
	unregister_ftrace_function(&ops);
	toa_ftrace_clear_filter(&ops);
}

module_init(other_hook_init);
module_exit(other_hook_exit);
MODULE_DESCRIPTION("Another user of a hooked function");
MODULE_LICENSE("GPL");
