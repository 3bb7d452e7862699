/* SPDX-License-Identifier: GPL-2.0-only */
/* What watching functions with kretprobes takes: refuses to build where that lacks. */
#ifndef TOA_COMPAT_KRETPROBE_H
#define TOA_COMPAT_KRETPROBE_H

#include <linux/kprobes.h>
#include <linux/ptrace.h>

#if !defined(CONFIG_KRETPROBES) || !defined(CONFIG_HAVE_FUNCTION_ARG_ACCESS_API)
#error "Functions cannot be hooked."
#error "ftrace requires CONFIG_DYNAMIC_FTRACE_WITH_ARGS or CONFIG_DYNAMIC_FTRACE_WITH_REGS."
#error "Kretprobes require CONFIG_KRETPROBES and CONFIG_HAVE_FUNCTION_ARG_ACCESS_API."
#endif

/* Their handlers run with preemption off, where such a kernel can neither allocate nor free. */
#ifdef CONFIG_PREEMPT_RT
#error "Functions cannot be hooked with kretprobes if CONFIG_PREEMPT_RT is on."
#error "ftrace requires CONFIG_DYNAMIC_FTRACE_WITH_ARGS or CONFIG_DYNAMIC_FTRACE_WITH_REGS."
#endif

#endif
