/* SPDX-License-Identifier: GPL-2.0-only */
/* accept and getpeername return the real IPv4 client. */
#ifndef TOA_KMOD_PEERNAME_H
#define TOA_KMOD_PEERNAME_H

#include "targets.h"

extern const toa_getname_fn toa_peername_v4;
extern const toa_getname_fn toa_peername_v6;

#endif
