// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/magic.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "toa.h"

#include "complain.h"
#include "host.h"

#define MODULE	"/sys/module/toa"

static bool kernel_is_new_enough(void)
{
	unsigned int major, minor;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return true; /* unknown version: the load fails if it is too old */
	if (major > 5 || (major == 5 && minor >= 10))
		return true;
	complain("Linux %s does not show TCP options to eBPF programs: use Linux 5.10 or newer, or the kernel module",
		 name.release);
	return false;
}

static unsigned long long capabilities(void)
{
	unsigned long long found = ~0ULL;
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %llx", &found) == 1)
			break;
	if (file)
		fclose(file);
	return found;
}

/* CAP_SYS_ADMIN includes CAP_BPF and CAP_PERFMON. */
static bool has_capability(int number)
{
	unsigned long long have = capabilities();

	return have >> number & 1 || (number != CAP_NET_ADMIN && have >> CAP_SYS_ADMIN & 1);
}

static bool is_capable(void)
{
	static const struct {
		int number;
		const char *name;
	} needed[] = { { CAP_BPF, "CAP_BPF" }, { CAP_NET_ADMIN, "CAP_NET_ADMIN" }, { CAP_PERFMON, "CAP_PERFMON" } };
	unsigned int i;

	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		if (has_capability(needed[i].number))
			continue;
		complain("%s is missing: run toa-bpf as root on the host, or give the container this capability",
			 needed[i].name);
		return false;
	}
	return true;
}

static bool module_is_absent(void)
{
	if (access(MODULE, F_OK))
		return true;
	complain("the kernel module toa is loaded: unload it first (rmmod toa)");
	return false;
}

/*
 * By name: some modules of other vendors answer no socket option, and only rewrite getpeername.
 * DRM has a module ttm too: it is used by drivers or has this parameter.
 */
static bool is_toa_module(const char *name, const char *users)
{
	size_t length = strlen(name);

	if (!strcasecmp(name, "ttm"))
		return !strcmp(users, "-") && access("/sys/module/ttm/parameters/pages_limit", F_OK);
	return !strcasecmp(name, "hookers") || !strncasecmp(name, "toa", 3) || strcasestr(name, "_toa_") ||
	       (length > 3 && !strcasecmp(name + length - 3, "toa"));
}

/* A line of /proc/modules: name, size, number of users, their names. */
static bool names_toa_module(const char *line, char *name, char *users)
{
	return sscanf(line, "%63s %*s %*s %63s", name, users) == 2 && is_toa_module(name, users);
}

static bool nobody_else_names_peers(void)
{
	FILE *modules = fopen("/proc/modules", "re");
	char name[64], users[64], *line = NULL;
	bool found = false, sound;
	size_t size = 0;

	if (!modules && errno == ENOENT)
		return true; /* a kernel without modules */
	while (modules && !found && getline(&line, &size, modules) >= 0)
		found = names_toa_module(line, name, users);
	sound = modules && !ferror(modules);
	if (!sound)
		complain("cannot check for other TOA modules: cannot read /proc/modules: %s", strerror(errno));
	free(line);
	if (modules)
		fclose(modules);
	if (found)
		complain("the TOA module %s is loaded and returns addresses that trusted= refuses: unload it first (rmmod %s)",
			 name, name);
	return sound && !found;
}

static bool nobody_else_answers(void)
{
	struct toa_nat64_peer peer;
	socklen_t size = sizeof(peer);
	int fd, error;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	error = fd < 0 || !getsockopt(fd, IPPROTO_IP, TOA_SO_GET_LOOKUP, &peer, &size) ? 0 : errno;
	close(fd);
	if (error == ENOPROTOOPT || error == ENOSYS || error == EOPNOTSUPP || fd < 0)
		return true;
	complain("another TOA module answers socket option %d: unload it first", TOA_SO_GET_LOOKUP);
	return false;
}

bool host_is_fit(void)
{
	return kernel_is_new_enough() && is_capable();
}

bool host_is_free(bool answers_already)
{
	return module_is_absent() && nobody_else_names_peers() && (answers_already || nobody_else_answers());
}

bool host_mount_bpffs(void)
{
	struct statfs type;

	if (!statfs(HOST_BPFFS, &type) && type.f_type == BPF_FS_MAGIC)
		return true;
	if (!mount("bpf", HOST_BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return true;
	complain("cannot mount a bpf file system at %s: %s", HOST_BPFFS, strerror(errno));
	return false;
}

/* Not read from securityfs, which may not be mounted. */
static bool hides_kernel_memory(void)
{
	return !libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_probe_read_kernel, NULL);
}

/* The first line of a file, without the newline; empty if the file cannot be read. */
static const char *first_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	if (!file || !fgets(line, size, file))
		*line = 0;
	line[strcspn(line, "\n")] = 0;
	if (file)
		fclose(file);
	return line;
}

/* The kernel does not say which module refused. It is not seccomp: a filter cannot see a program's type. */
static void explain_policy(char *reason, size_t size)
{
	char modules[128];

	first_line("/sys/kernel/security/lsm", modules, sizeof(modules));
	snprintf(reason, size, "the kernel refuses tracing programs: a policy of a security module (%s)",
		 *modules ? modules : "mount securityfs at /sys/kernel/security to list them");
}

/*
 * The provider's tracing programs are iterators. Some kernels refuse fentry, which libbpf would
 * ask for, and allow these.
 */
static bool refuses_iterators(void)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_ITER);
	int target = libbpf_find_vmlinux_btf_id("bpf_map_elem", BPF_TRACE_ITER), fd;

	if (target < 0)
		return false;
	options.attach_btf_id = target;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "Dual MIT/GPL", nothing, 2, &options);
	if (fd < 0)
		return errno == EPERM;
	close(fd);
	return false;
}

bool host_refuses_tracing(char *reason, size_t size)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		snprintf(reason, size, "the kernel has no BTF: /sys/kernel/btf/vmlinux is missing");
	else if (hides_kernel_memory())
		snprintf(reason, size, "the kernel does not let programs read its memory (lockdown=confidentiality)");
	else if (!refuses_iterators())
		return false;
	else if (!has_capability(CAP_PERFMON))
		snprintf(reason, size, "CAP_PERFMON is missing");
	else
		explain_policy(reason, size);
	return true;
}

void host_log(const char *line)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	char text[256];
	/* Without the newline, the kernel waits for the rest. */
	int length = snprintf(text, sizeof(text), "%s\n", line);

	if (fd < 0)
		return;
	/* Not dprintf: it first asks for the file position, which /dev/kmsg does not report. */
	if (write(fd, text, length) < 0)
		complain("cannot write '%s' to the kernel log", line);
	close(fd);
}
