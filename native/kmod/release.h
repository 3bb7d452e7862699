/* SPDX-License-Identifier: GPL-2.0-only */
/* A socket ends, and what was held for it. */
#ifndef TOA_KMOD_RELEASE_H
#define TOA_KMOD_RELEASE_H

#include "targets.h"

extern const toa_destruct_fn toa_release;

/* Whether calls come in at all: to be asked once the hooks are in place. */
int toa_release_check(void);

#endif
