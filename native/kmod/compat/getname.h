/* SPDX-License-Identifier: GPL-2.0-only */
/* getname returns the length of the address since 4.17. */
#ifndef TOA_COMPAT_GETNAME_H
#define TOA_COMPAT_GETNAME_H

#define TOA_GETNAME_PARAMS struct socket *sock, struct sockaddr *addr, int peer
#define TOA_GETNAME_ARGS sock, addr, peer

#endif
