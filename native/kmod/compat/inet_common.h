/* SPDX-License-Identifier: GPL-2.0-only */
/* net/inet_common.h relies on others before it in old kernels. */
#ifndef TOA_COMPAT_INET_COMMON_H
#define TOA_COMPAT_INET_COMMON_H

#include <net/sock.h>

#include <net/inet_common.h>

#endif
