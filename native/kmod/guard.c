// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rcupdate.h>

#include "guard.h"

struct srcu_struct toa_guard_users;

int toa_guard_init(void)
{
	return init_srcu_struct(&toa_guard_users);
}

/*
 * Three groups can still be on their way, and each wait hands over to the next:
 * those who come in but have not passed toa_guard_enter do not sleep there, so
 * RCU-tasks sees them through; those inside, perhaps asleep on a socket's lock,
 * are SRCU's; those behind toa_guard_leave are RCU-tasks' again.
 */
void toa_guard_exit(void)
{
	synchronize_rcu_tasks();
	synchronize_srcu(&toa_guard_users);
	synchronize_rcu_tasks();
	cleanup_srcu_struct(&toa_guard_users);
}
