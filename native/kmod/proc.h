/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be read under /proc/net, in every network namespace. */
#ifndef TOA_KMOD_PROC_H
#define TOA_KMOD_PROC_H

int toa_proc_init(void);
void toa_proc_exit(void);

#endif
