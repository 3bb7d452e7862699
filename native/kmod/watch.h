/* SPDX-License-Identifier: GPL-2.0-only */
/* Says so when the hooks are no longer called, where the kernel lets that happen. */
#ifndef TOA_KMOD_WATCH_H
#define TOA_KMOD_WATCH_H

int toa_watch_init(void);
void toa_watch_exit(void);

#endif
