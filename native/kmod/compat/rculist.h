/* SPDX-License-Identifier: GPL-2.0-only */
/* Walking a list under a lock instead of RCU can be told to lockdep since 5.4. */
#ifndef TOA_COMPAT_RCULIST_H
#define TOA_COMPAT_RCULIST_H

#include <linux/rculist.h>

#include "generated.h"

#ifndef TOA_HAVE_RCULIST_CONDITION
/* Without it, nothing is checked. */
#undef hlist_for_each_entry_rcu
#define hlist_for_each_entry_rcu(pos, head, member, cond...) \
	for (pos = hlist_entry_safe(rcu_dereference_raw(hlist_first_rcu(head)), \
				    typeof(*(pos)), member); \
	     pos; \
	     pos = hlist_entry_safe(rcu_dereference_raw(hlist_next_rcu(&(pos)->member)), \
				    typeof(*(pos)), member))
#endif

#endif
