/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where everything is pinned: as long as a name is there, so is what it names. */
#ifndef TOA_LOADER_PINS_H
#define TOA_LOADER_PINS_H

#include "provider.h"

#define PIN(name)	PROVIDER_FOLDER "/" name

/* A descriptor of what is pinned there, or -1; maps are pinned by libbpf, by their own names. */
int pins_open(const char *path);

/* Says so if another user owns one, or the folder, or may change it: it would be taken for the provider's. */
bool pins_are_protected(void);

/* Takes a link's program from its hook, now and not once the last user is gone, and its name away. */
bool pins_detach(const char *path);

#endif
