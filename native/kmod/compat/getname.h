/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* getname returns the length of the address; before 4.17 it stored it, and returned 0. */
#ifndef TOA_COMPAT_GETNAME_H
#define TOA_COMPAT_GETNAME_H

#include "generated.h"

#ifdef TOA_HAVE_GETNAME_LENGTH_POINTER
#define TOA_GETNAME_PARAMS struct socket *sock, struct sockaddr *addr, int *length, int peer
#define TOA_GETNAME_ARGS sock, addr, length, peer
#define TOA_GETNAME_PEER 3
#else
#define TOA_GETNAME_PARAMS struct socket *sock, struct sockaddr *addr, int peer
#define TOA_GETNAME_ARGS sock, addr, peer
#define TOA_GETNAME_PEER 2
#endif

/* The places of arguments, from 0 on. */
#define TOA_GETNAME_SOCK 0

#endif
