/* SPDX-License-Identifier: GPL-2.0-only */
/* A handshake is complete: the option of its last segment names the client. */
#ifndef TOA_KMOD_HANDSHAKE_H
#define TOA_KMOD_HANDSHAKE_H

#include "targets.h"

extern const toa_syn_recv_sock_fn toa_handshake_v4;
extern const toa_syn_recv_sock_fn toa_handshake_v6;

#endif
