/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Failures on demand, for tests of what happens then: only in a build with FAULTS=1,
 * which has the parameters fail_at=, fail_allocations=, switchable= and few_buckets=.
 * Elsewhere all of this is compiled away.
 */
#ifndef TOA_KMOD_FAULTS_H
#define TOA_KMOD_FAULTS_H

#include <linux/types.h>

#ifdef TOA_FAULTS

/* -ENOMEM at the step of loading that fail_at= names. */
int toa_fault_at(const char *step);

/* Every so many allocations, one fails. */
bool toa_fault_allocation(void);

/* The hooks go off with kernel.ftrace_enabled, as before Linux 5.6. */
bool toa_fault_switchable(void);

/* Nearly every address meets others in its bucket. */
bool toa_fault_few_buckets(void);

#else

static inline int toa_fault_at(const char *step)
{
	return 0;
}

static inline bool toa_fault_allocation(void)
{
	return false;
}

static inline bool toa_fault_switchable(void)
{
	return false;
}

static inline bool toa_fault_few_buckets(void)
{
	return false;
}

#endif

#endif
