/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef TRACE_HOOKED_H
#define TRACE_HOOKED_H

/* How many functions the module hooks. */
#define HOOKED 5

#endif
