/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef TRACE_HOOKED_H
#define TRACE_HOOKED_H

/* How many functions the module hooks. */
#define HOOKED 5

#endif
