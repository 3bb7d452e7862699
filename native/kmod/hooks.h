/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks all that this module listens to, by the way that it was built with. */
#ifndef TOA_KMOD_HOOKS_H
#define TOA_KMOD_HOOKS_H

/* All or none. */
int toa_hooks_init(void);

void toa_hooks_exit(void);

#endif
