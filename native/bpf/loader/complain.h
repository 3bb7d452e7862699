/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* An error is one line: the cause, and what to do. */
#ifndef TOA_LOADER_COMPLAIN_H
#define TOA_LOADER_COMPLAIN_H

#include <stdio.h>

#define complain(format, ...) fprintf(stderr, "toa-bpf: " format "\n", ##__VA_ARGS__)

#endif
