/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The call of a hooked function. A call of its entry comes back to the hook, which has to let
 * it through: a second pass through ftrace. On x86-64, the call goes to the instruction behind
 * the one that ftrace patches. It is a static call, that is, a direct one: an indirect call
 * needs a landing pad, and only the entry of a function has one.
 */
#ifndef TOA_COMPAT_ORIGINAL_H
#define TOA_COMPAT_ORIGINAL_H

#include <linux/types.h>

#if defined(CONFIG_X86_64) && defined(CONFIG_HAVE_STATIC_CALL)

#include <linux/static_call.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/text-patching.h>

#define TOA_DEFINE_ORIGINAL(member, type) DEFINE_STATIC_CALL_NULL(toa_##member, *(type)NULL)
#define toa_original(member) static_call(toa_##member)
#define toa_set_original(member, type, to) static_call_update(toa_##member, (type)(to))

/* ENDBR64, and what kernels put over it where no indirect call is expected. */
static inline bool toa_is_landing_pad(u32 instruction)
{
	return instruction == 0xfa1e0ff3 || instruction == 0x001f0f66 || instruction == 0xd6401f0f;
}

/*
 * The instruction behind ftrace's call, or the NOP in its place; NULL if something else is there.
 * Kernels before 5.13 have another NOP for some processors.
 */
static inline void *toa_behind_ftrace(void *entry)
{
	static const u8 nop[CALL_INSN_SIZE] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	static const u8 nop_k8[CALL_INSN_SIZE] = { 0x66, 0x66, 0x66, 0x66, 0x90 };
	u8 *at = entry;
	u32 first;

#ifdef X86_FEATURE_CALL_DEPTH
	/* Static calls then go to the padding before their target, which has none here. */
	if (boot_cpu_has(X86_FEATURE_CALL_DEPTH))
		return NULL;
#endif
	memcpy(&first, at, sizeof(first));
	if (toa_is_landing_pad(first))
		at += sizeof(first);
	if (*at != CALL_INSN_OPCODE && memcmp(at, nop, sizeof(nop)) &&
	    memcmp(at, nop_k8, sizeof(nop_k8)))
		return NULL;
	return at + CALL_INSN_SIZE;
}

#else

/* Declares nothing that is used: it only takes the semicolon. */
#define TOA_DEFINE_ORIGINAL(member, type) struct toa_no_static_call
#define toa_original(member) toa_targets.member
#define toa_set_original(member, type, to) ((void)(to))

static inline void *toa_behind_ftrace(void *entry)
{
	return NULL;
}

#endif

#endif
