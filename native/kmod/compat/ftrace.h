/* SPDX-License-Identifier: GPL-2.0-only */
/* How an ftrace callback sees the registers, and which flags there are. */
#ifndef TOA_COMPAT_FTRACE_H
#define TOA_COMPAT_FTRACE_H

#include <linux/ftrace.h>

#include "generated.h"

#if !defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) && !defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS)
#error "Functions cannot be hooked: CONFIG_DYNAMIC_FTRACE_WITH_ARGS and _WITH_REGS are both off."
#endif

#ifndef TOA_HAVE_FTRACE_IPMODIFY
#error "Functions cannot be hooked: FTRACE_OPS_FL_IPMODIFY requires Linux 3.19 or RHEL 7.2."
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

/* An argument of the call, from 0 on, where a callback can read it. */
#if defined(TOA_HAVE_FTRACE_ARGUMENT) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define toa_ftrace_argument(regs, number) ftrace_regs_get_argument(regs, number)
#elif defined(TOA_HAVE_KERNEL_ARGUMENT) && defined(TOA_HAVE_FTRACE_PT_REGS) && \
	defined(CONFIG_X86_64) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define toa_ftrace_argument(ftrace_regs, number) \
	regs_get_kernel_argument(&(ftrace_regs)->regs, number)
#elif defined(TOA_HAVE_KERNEL_ARGUMENT) && !defined(TOA_HAVE_FTRACE_REGS) && \
	!defined(TOA_HAVE_FTRACE_IP_SET) && !defined(TOA_HAVE_FTRACE_REGS_SET_IP)
#define toa_ftrace_argument(regs, number) regs_get_kernel_argument(regs, number)
#endif

/* Frees what ftrace_set_filter_ip has allocated. 5.10 keeps ftrace_free_filter to itself. */
static inline int toa_ftrace_clear_filter(struct ftrace_ops *ops)
{
	return ftrace_set_filter(ops, NULL, 0, 1);
}

#endif
