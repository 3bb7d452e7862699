// SPDX-License-Identifier: GPL-2.0-only
#include "guard.h"
#include "release.h"
#include "store.h"

static void release(struct sock *sk)
{
	int token = toa_guard_enter();

	toa_store_remove(sk);
	toa_targets.destruct(sk);
	toa_guard_leave(token);
}

const toa_destruct_fn toa_release = release;
