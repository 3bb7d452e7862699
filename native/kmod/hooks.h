/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks all that this module listens to, by the way that it was built with. */
#ifndef TOA_KMOD_HOOKS_H
#define TOA_KMOD_HOOKS_H

struct sock;

/* All or none. */
int toa_hooks_init(void);

void toa_hooks_exit(void);

/* Forgets the client of a socket that the kernel destroys: nothing else uses it any more. */
void toa_release(const struct sock *sk);

/* Says so when the hooks are no longer called, where the kernel lets that happen. */
int toa_watch_init(void);
void toa_watch_exit(void);

#endif
