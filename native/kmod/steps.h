/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What main.c sets up when the module is loaded, and takes down when it is unloaded. */
#ifndef TOA_KMOD_STEPS_H
#define TOA_KMOD_STEPS_H

int toa_formats_init(void);

int toa_targets_init(void);

int toa_store_init(void);
void toa_store_exit(void);

int toa_counters_init(void);
void toa_counters_exit(void);

void toa_guard_exit(void);

int toa_sockopt_init(void);
void toa_sockopt_exit(void);

int toa_proc_init(void);
void toa_proc_exit(void);

int toa_hooks_init(void);
void toa_hooks_exit(void);
int toa_hooks_check(int family);

void toa_getname_close(void);
void toa_handshake_warn(void);

#endif
