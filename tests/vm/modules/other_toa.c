// SPDX-License-Identifier: GPL-2.0-only
/* Stands for another vendor's TOA module: it answers socket option 4096. */
#include <linux/module.h>
#include <linux/netfilter.h>

static int get(struct sock *sk, int option, void __user *user, int *len)
{
	return -EINVAL;
}

static struct nf_sockopt_ops ops = {
	.pf = PF_INET,
	.get_optmin = 4096,
	.get_optmax = 4097,
	.get = get,
	.owner = THIS_MODULE,
};

static int __init other_toa_init(void)
{
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
