// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Each module has a lock of its own for its parameters (4.2). */
#include <linux/module.h>

struct mutex *probe(struct module *module);

struct mutex *probe(struct module *module)
{
	return &module->param_lock;
}
