/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether an address is in this module's code, as each call of a hooked function asks:
 * within_module looks through all of a module's memory, at 85 instructions.
 */
#ifndef TOA_COMPAT_MODULE_TEXT_H
#define TOA_COMPAT_MODULE_TEXT_H

#include <linux/module.h>

#include "generated.h"

static __always_inline bool toa_module_text_contains(unsigned long addr)
{
#ifdef TOA_HAVE_MODULE_MEM_TYPE
	return within_module_mem_type(addr, THIS_MODULE, MOD_TEXT);
#elif !defined(TOA_HAVE_MODULE_LAYOUT)
	return addr - (unsigned long)THIS_MODULE->module_core < THIS_MODULE->core_text_size;
#else
	const struct module_layout *layout = &THIS_MODULE->core_layout;

	return addr - (unsigned long)layout->base < layout->text_size;
#endif
}

#endif
