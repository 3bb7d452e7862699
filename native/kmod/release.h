/* SPDX-License-Identifier: GPL-2.0-only */
/* A socket ends, and what was held for it. */
#ifndef TOA_KMOD_RELEASE_H
#define TOA_KMOD_RELEASE_H

struct sock;

/* Nobody but the kernel's own destruction has this socket any more. */
void toa_release(const struct sock *sk);

/* Whether calls come in at all: to be asked once the hooks are in place. */
int toa_release_check(void);

/* The same without a word: 0, -EOPNOTSUPP if they do not, or why nothing could be tried. */
int toa_release_try(void);

#endif
