// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A livepatch of inet_sock_destruct, which the module looks at. It counts the calls. */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <net/sock.h>
#include <net/inet_common.h>

#include "original.h"

static atomic_t calls;
static toa_destruct_fn original;

static int calls_get(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%d\n", atomic_read(&calls));
}

static const struct kernel_param_ops calls_ops = { .get = calls_get };

module_param_cb(calls, &calls_ops, NULL, 0444);
MODULE_PARM_DESC(calls, "How often the patched function was called (read-only)");

static void livepatched_destruct(struct sock *sk)
{
	atomic_inc(&calls);
	original(sk);
}

static struct klp_func functions[] = {
	{ .old_name = "inet_sock_destruct", .new_func = livepatched_destruct },
	{ }
};

static struct klp_object objects[] = {
	{ .funcs = functions },
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init livepatched_init(void)
{
	original = (toa_destruct_fn)toa_behind_ftrace(inet_sock_destruct);
	return original ? klp_enable_patch(&patch) : -EOPNOTSUPP;
}

/* Once the patch is disabled. */
static void __exit livepatched_exit(void)
{
}

module_init(livepatched_init);
module_exit(livepatched_exit);
MODULE_INFO(livepatch, "Y");
MODULE_DESCRIPTION("A livepatch of a function that toa.ko looks at");
MODULE_LICENSE("GPL");
