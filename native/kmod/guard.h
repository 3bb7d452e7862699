/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who runs this module's code.
 *
 * Whatever the kernel calls without holding a reference to the module brackets all
 * that it does with toa_guard_enter and toa_guard_leave: so the module can wait for
 * those inside before its code goes.
 */
#ifndef TOA_KMOD_GUARD_H
#define TOA_KMOD_GUARD_H

#include <linux/srcu.h>

extern struct srcu_struct toa_guard_users;

static inline int toa_guard_enter(void)
{
	return srcu_read_lock(&toa_guard_users);
}

static inline void toa_guard_leave(int token)
{
	srcu_read_unlock(&toa_guard_users, token);
}

int toa_guard_init(void);

/* Returns when all that came in are out. The ways in are closed already. */
void toa_guard_exit(void);

#endif
