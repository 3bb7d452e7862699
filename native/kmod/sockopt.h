/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket options of toa.h. */
#ifndef TOA_KMOD_SOCKOPT_H
#define TOA_KMOD_SOCKOPT_H

/* -EBUSY if another module answers these options. */
int toa_sockopt_init(void);
void toa_sockopt_exit(void);

#endif
