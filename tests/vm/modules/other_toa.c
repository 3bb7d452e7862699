// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Simulates another vendor's TOA module, which answers socket option 4096. With another
 * option=, it simulates any user of netfilter's socket options.
 */
#include <linux/module.h>
#include <linux/netfilter.h>

static int option = 4096;
module_param(option, int, 0444);

static int get(struct sock *sk, int asked, void __user *user, int *len)
{
	return -EINVAL;
}

static struct nf_sockopt_ops ops = {
	.pf = PF_INET,
	.get = get,
	.owner = THIS_MODULE,
};

static int __init other_toa_init(void)
{
	ops.get_optmin = option;
	ops.get_optmax = option + 1;
	return nf_register_sockopt(&ops);
}

static void __exit other_toa_exit(void)
{
	nf_unregister_sockopt(&ops);
}

module_init(other_toa_init);
module_exit(other_toa_exit);
MODULE_DESCRIPTION("Another TOA module");
MODULE_LICENSE("GPL");
