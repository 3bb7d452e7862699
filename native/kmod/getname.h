/* SPDX-License-Identifier: GPL-2.0-only */
/* accept and getpeername return the real IPv4 client. */
#ifndef TOA_KMOD_GETNAME_H
#define TOA_KMOD_GETNAME_H

struct sockaddr;
struct socket;

/* getname has returned the peer without an error: puts the client in its place, if one is held. */
void toa_getname_v4(const struct socket *sock, struct sockaddr *addr);
void toa_getname_v6(const struct socket *sock, struct sockaddr *addr);

/* From here on, names stay as the kernel gave them. For unload: nothing opens them again. */
void toa_getname_close(void);

#endif
