// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/magic.h>

#include "toa.h"

#include "complain.h"
#include "host.h"

#define MODULE	"/sys/module/toa"

static bool kernel_is_new_enough(void)
{
	unsigned int major, minor;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return true; /* the kernel will tell */
	if (major > 5 || (major == 5 && minor >= 10))
		return true;
	complain("Linux %s does not show TCP options to eBPF: take 5.10 or newer, or the kernel module", name.release);
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

static bool is_capable(void)
{
	static const struct {
		int number;
		const char *name;
	} needed[] = { { CAP_BPF, "CAP_BPF" }, { CAP_NET_ADMIN, "CAP_NET_ADMIN" }, { CAP_PERFMON, "CAP_PERFMON" } };
	unsigned long long have = capabilities();
	unsigned int i;

	if (have >> CAP_SYS_ADMIN & 1 && have >> CAP_NET_ADMIN & 1)
		return true;
	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		if (have >> needed[i].number & 1)
			continue;
		complain("%s is missing: run it as root on the host; a container needs that capability",
			 needed[i].name);
		return false;
	}
	return true;
}

static bool module_is_absent(void)
{
	if (access(MODULE, F_OK))
		return true;
	complain("the kernel module is loaded and answers already: unload it first (rmmod toa)");
	return false;
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
	return module_is_absent() && (answers_already || nobody_else_answers());
}

bool host_mount_bpffs(void)
{
	struct statfs type;

	if (!statfs(HOST_BPFFS, &type) && type.f_type == BPF_FS_MAGIC)
		return true;
	if (!mount("bpf", HOST_BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return true;
	complain("no bpf file system at %s, and it cannot be mounted: %s", HOST_BPFFS, strerror(errno));
	return false;
}

static bool is_locked_down(void)
{
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char line[128] = "";
	bool locked = file && fgets(line, sizeof(line), file) && strstr(line, "[confidentiality]");

	if (file)
		fclose(file);
	return locked;
}

bool host_shows_types(void)
{
	return !access("/sys/kernel/btf/vmlinux", R_OK) && !is_locked_down();
}

void host_log(const char *line)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	char text[256];
	int length = snprintf(text, sizeof(text), "%s\n", line); /* without an end, it waits for more */

	if (fd < 0)
		return;
	/* Not dprintf: that wants to know the position first, which this file does not tell. */
	if (write(fd, text, length) < 0)
		complain("the kernel's log does not take '%s'", line);
	close(fd);
}
