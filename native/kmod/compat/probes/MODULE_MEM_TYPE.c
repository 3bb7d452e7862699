// SPDX-License-Identifier: GPL-2.0-only
/* A module's memory is told apart by type (6.4); before, code came first in one piece. */
#include <linux/module.h>

bool probe(unsigned long addr);

bool probe(unsigned long addr)
{
	return within_module_mem_type(addr, THIS_MODULE, MOD_TEXT);
}
