// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* RCU-sched is apart from RCU: synchronize_rcu need not wait for its readers (before 5.1). */
#include <linux/rcupdate.h>

void probe(void);

void probe(void)
{
	synchronize_sched();
}
