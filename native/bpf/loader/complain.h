/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Errors are one line that names the cause and the cure. */
#ifndef TOA_LOADER_COMPLAIN_H
#define TOA_LOADER_COMPLAIN_H

#include <stdio.h>

#define complain(format, ...) fprintf(stderr, "toa-bpf: " format "\n", ##__VA_ARGS__)

#endif
