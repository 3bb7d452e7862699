/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* How an ftrace callback sees the registers, and which flags there are. */
#ifndef TOA_COMPAT_FTRACE_H
#define TOA_COMPAT_FTRACE_H

#include <linux/ftrace.h>

#include "generated.h"

#if !defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) && !defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS)
#error "The module requires CONFIG_DYNAMIC_FTRACE_WITH_ARGS or CONFIG_DYNAMIC_FTRACE_WITH_REGS."
#error "The eBPF provider (toa-bpf) requires neither."
#endif

#ifndef TOA_HAVE_FTRACE_IPMODIFY
#error "The module requires FTRACE_OPS_FL_IPMODIFY: Linux 3.19 or RHEL 7.2."
#endif

#if defined(TOA_HAVE_FTRACE_REGS_SET_IP)
#define toa_ftrace_regs ftrace_regs
#define toa_ftrace_set_ip(regs, ip) ftrace_regs_set_instruction_pointer(regs, ip)
#elif defined(TOA_HAVE_FTRACE_IP_SET) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
/* Without ARGS it compiles too, and does nothing. */
#define toa_ftrace_regs ftrace_regs
#define toa_ftrace_set_ip(regs, ip) ftrace_instruction_pointer_set(regs, ip)
#elif defined(TOA_HAVE_FTRACE_REGS)
#define toa_ftrace_regs ftrace_regs
#define toa_ftrace_set_ip(regs, new_ip) instruction_pointer_set(ftrace_get_regs(regs), new_ip)
#else
#define toa_ftrace_regs pt_regs
#define toa_ftrace_set_ip(regs, new_ip) instruction_pointer_set(regs, new_ip)
#endif

/* Saving every register costs some 50 instructions a call: only where there is no other way. */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define TOA_FTRACE_FLAGS_REGS 0
#else
#define TOA_FTRACE_FLAGS_REGS FTRACE_OPS_FL_SAVE_REGS
#endif

/* With it, kernel.ftrace_enabled=0 is refused; without, it would switch hooks off silently. */
#ifdef TOA_HAVE_FTRACE_PERMANENT
#define TOA_FTRACE_FLAGS_PERMANENT FTRACE_OPS_FL_PERMANENT
#else
#define TOA_FTRACE_FLAGS_PERMANENT 0
#endif

/* Callbacks that call no hooked function themselves need no protection from recursion. */
#ifdef TOA_HAVE_FTRACE_RECURSION_SAFE
#define TOA_FTRACE_FLAGS_RECURSION FTRACE_OPS_FL_RECURSION_SAFE
#else
#define TOA_FTRACE_FLAGS_RECURSION 0
#endif

#define TOA_FTRACE_FLAGS \
	(TOA_FTRACE_FLAGS_REGS | TOA_FTRACE_FLAGS_PERMANENT | TOA_FTRACE_FLAGS_RECURSION)

/* An argument of the call, from 0 on. */
#if defined(TOA_HAVE_FTRACE_ARGUMENT) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define toa_ftrace_argument(regs, number) ftrace_regs_get_argument(regs, number)
#elif defined(TOA_HAVE_FTRACE_PT_REGS) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
/* Not ftrace_get_regs: it returns NULL if not all registers were saved. */
#define toa_ftrace_argument(ftrace_regs, number) toa_regs_argument(&(ftrace_regs)->regs, number)
#elif defined(TOA_HAVE_FTRACE_REGS)
#define toa_ftrace_argument(regs, number) toa_regs_argument(ftrace_get_regs(regs), number)
#else
#define toa_ftrace_argument(regs, number) toa_regs_argument(regs, number)
#endif

#ifdef TOA_HAVE_KERNEL_ARGUMENT
#define toa_regs_argument(regs, number) regs_get_kernel_argument(regs, number)
#elif defined(CONFIG_X86_64)
static __always_inline unsigned long toa_regs_argument(const struct pt_regs *regs,
						       unsigned int number)
{
	const unsigned long arguments[] = { regs->di, regs->si, regs->dx, regs->cx };

	return arguments[number];
}
#else
#error "The module cannot read the arguments of functions on this processor."
#error "The eBPF provider (toa-bpf) can."
#endif

/*
 * How far from the beginning of a function ftrace's call of it can be: behind a landing pad and
 * what saves the return address.
 */
#define TOA_FTRACE_SITE_WITHIN 16

/* Frees what ftrace_set_filter_ip has allocated. 5.10 keeps ftrace_free_filter to itself. */
static inline int toa_ftrace_clear_filter(struct ftrace_ops *ops)
{
	return ftrace_set_filter(ops, NULL, 0, 1);
}

#endif
