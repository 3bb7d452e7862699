/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The call of a hooked function. A call of its entry comes back to the hook, which has to let it
 * through: a second pass through ftrace. So where that is possible, the call goes to the
 * instruction behind the one that ftrace patches.
 *
 * No function begins there, so an indirect call is not possible where the kernel only lets it
 * reach the entry of a function (landing pads, CFI). On x86-64 since 5.10, it is a static call,
 * that is, a direct one.
 */
#ifndef TOA_COMPAT_ORIGINAL_H
#define TOA_COMPAT_ORIGINAL_H

#include <linux/string.h>
#include <linux/types.h>

#include "../targets.h"
#include "memory.h"

#if defined(CONFIG_X86_64) && defined(CONFIG_HAVE_STATIC_CALL)

#include <linux/static_call.h>
#include <asm/cpufeature.h>

#define TOA_ORIGINAL_IS_DIRECT
#define TOA_DEFINE_ORIGINAL(member) DEFINE_STATIC_CALL_NULL(toa_##member, *toa_targets.member)
#define toa_original(member) static_call(toa_##member)
#define toa_set_original(member, to) \
	static_call_update(toa_##member, (typeof(toa_targets.member))(to))

#else

#define TOA_DEFINE_ORIGINAL(member) static typeof(toa_targets.member) toa_##member __ro_after_init
#define toa_original(member) toa_##member
#define toa_set_original(member, to) (toa_##member = (typeof(toa_targets.member))(to))

#endif

/* The instruction behind ftrace's, or NULL if it is not known, or must not be called. */
#if !defined(TOA_ORIGINAL_IS_DIRECT) && \
	(defined(CONFIG_X86_KERNEL_IBT) || defined(CONFIG_ARM64_BTI_KERNEL) || \
	 defined(CONFIG_CFI_CLANG) || defined(CONFIG_CFI))

static inline const void *toa_behind_ftrace(const void *entry)
{
	return NULL;
}

#elif defined(CONFIG_X86_64)

/* A call, a jump, or a NOP in their place. Kernels before 5.13 have another NOP for some CPUs. */
static inline bool toa_is_ftrace_site(const u8 *at)
{
	static const u8 nop[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	static const u8 nop_k8[] = { 0x66, 0x66, 0x66, 0x66, 0x90 };

	return *at == 0xe8 || *at == 0xe9 || !memcmp(at, nop, sizeof(nop)) ||
	       !memcmp(at, nop_k8, sizeof(nop_k8));
}

/* ENDBR64, and what kernels put over it where no indirect call is expected. */
static inline bool toa_is_landing_pad(u32 instruction)
{
	return instruction == 0xfa1e0ff3 || instruction == 0x001f0f66 || instruction == 0xd6401f0f;
}

static inline const void *toa_behind_ftrace(const void *entry)
{
	const u8 *at = entry;
	u32 first;

#ifdef X86_FEATURE_CALL_DEPTH
	/* Static calls then go to the padding before their target, which has none here. */
	if (boot_cpu_has(X86_FEATURE_CALL_DEPTH))
		return NULL;
#endif
	memcpy(&first, at, sizeof(first));
	if (toa_is_landing_pad(first))
		at += sizeof(first);
	return toa_is_ftrace_site(at) ? at + 5 : NULL;
}

#elif defined(CONFIG_ARM64)

/*
 * The return address is saved in x9 first, because BL changes x30. A kprobe at the entry puts a BRK
 * over that instruction.
 */
static inline const void *toa_behind_ftrace(const void *entry)
{
	const __le32 *at = entry;

	if (le32_to_cpu(*at) == 0xd503245f)	/* BTI c */
		at++;
	/* MOV x9, x30; BRK */
	if (le32_to_cpu(at[0]) != 0xaa1e03e9 && (le32_to_cpu(at[0]) & 0xffe0001f) != 0xd4200000)
		return NULL;
	/* BL or NOP */
	if (le32_to_cpu(at[1]) >> 26 != 0x25 && le32_to_cpu(at[1]) != 0xd503201f)
		return NULL;
	return at + 2;
}

#else

static inline const void *toa_behind_ftrace(const void *entry)
{
	return NULL;
}

#endif

#endif
