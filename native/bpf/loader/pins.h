/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Pins: a link or map stays in the kernel as long as its pin exists. */
#ifndef TOA_LOADER_PINS_H
#define TOA_LOADER_PINS_H

#include "provider.h"

#define PIN(name)	PROVIDER_FOLDER "/" name

/* Opens a pinned object; -1 on failure. libbpf pins maps, under their own names. */
int pins_open(const char *path);

/* Prints an error if another user owns the folder or a pin, or can change it: the object could be forged. */
bool pins_are_protected(void);

/* Removes a pin. Detaches a link at once, not when its last descriptor is closed. */
bool pins_detach(const char *path);

#endif
