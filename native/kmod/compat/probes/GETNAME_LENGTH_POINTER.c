// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* getname stores the length of the address (until 4.16). */
#include <linux/net.h>

int probe(const struct proto_ops *ops, int *length);

int probe(const struct proto_ops *ops, int *length)
{
	return ops->getname(NULL, NULL, length, 0);
}
