/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks all that this module listens to, by the way that it was built with. */
#ifndef TOA_KMOD_HOOKS_H
#define TOA_KMOD_HOOKS_H

#include "store.h"

/* All or none. */
int toa_hooks_init(void);

void toa_hooks_exit(void);

/* Whether the end of any socket was seen since it was last set to false. */
extern bool toa_release_seen;

/* Whether toa_release may have anything to do. */
static inline bool toa_release_concerns(const struct sock *sk)
{
	return unlikely(!READ_ONCE(toa_release_seen)) || toa_store_may_have(sk);
}

/* Forgets the client of a socket that the kernel destroys: nothing else uses it any more. */
void toa_release(const struct sock *sk);

/* Says so when the hooks are no longer called, where the kernel lets that happen. */
int toa_watch_init(void);
void toa_watch_exit(void);

#endif
