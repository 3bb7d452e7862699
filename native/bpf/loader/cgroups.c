// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "cgroups.h"
#include "complain.h"

#define ROOT_NUMBER		1
#define FILE_HANDLE_KERNFS	0xfe	/* FILEID_KERNFS of the kernel's exportfs.h */

static bool is_cgroup(int folder)
{
	struct statfs type;

	return !fstatfs(folder, &type) && type.f_type == CGROUP2_SUPER_MAGIC;
}

/* Opens a mount point of cgroup v2 that no other mount hides. */
static int open_mount(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	int folder = -1;

	while (mounts && folder < 0 && (entry = getmntent(mounts))) {
		if (strcmp(entry->mnt_type, "cgroup2"))
			continue;
		folder = open(entry->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (folder < 0 || is_cgroup(folder))
			continue;
		close(folder);
		folder = -1;
	}
	if (mounts)
		endmntent(mounts);
	return folder;
}

cgroup_number cgroups_number_of(int cgroup)
{
	struct stat folder;

	return fstat(cgroup, &folder) ? 0 : folder.st_ino;
}

int cgroups_open_root(void)
{
	int cgroup = open_mount();

	if (cgroup < 0) {
		complain("cgroup v2 is not mounted: boot with %s, or name a cgroup with --cgroup",
			 "systemd.unified_cgroup_hierarchy=1");
		return -1;
	}
	if (cgroups_number_of(cgroup) == ROOT_NUMBER)
		return cgroup;
	close(cgroup);
	complain("the root cgroup is not visible in a container: run toa-bpf load on the host, or name a cgroup with --cgroup");
	return -1;
}

int cgroups_open(const char *path)
{
	int cgroup = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (cgroup < 0) {
		complain("cannot open the cgroup %s: %s", path, strerror(errno));
		return -1;
	}
	if (is_cgroup(cgroup))
		return cgroup;
	complain("%s is not a cgroup v2 directory", path);
	close(cgroup);
	return -1;
}

/* In kernfs, the file handle of a cgroup is its number. */
static int open_handle(int root, cgroup_number number)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + sizeof(number)];
	} cgroup = { .handle = { .handle_bytes = sizeof(number), .handle_type = FILE_HANDLE_KERNFS } };

	memcpy(cgroup.handle.f_handle, &number, sizeof(number));
	return open_by_handle_at(root, &cgroup.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int cgroups_open_number(cgroup_number number)
{
	int root = open_mount(), cgroup, error;

	if (root < 0) {
		errno = ENODEV;
		return -1;
	}
	if (cgroups_number_of(root) == number)
		return root;
	cgroup = open_handle(root, number);
	error = errno;
	close(root);
	errno = error;
	return cgroup;
}

bool cgroups_are_without(cgroup_number number)
{
	int cgroup = cgroups_open_number(number);

	if (cgroup < 0)
		return errno == ESTALE;
	close(cgroup);
	return false;
}

bool cgroups_find_path(cgroup_number number, char *path, size_t size)
{
	char link[sizeof("/proc/self/fd/") + 10];
	int cgroup = cgroups_open_number(number);
	ssize_t length;

	if (cgroup < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", cgroup);
	length = readlink(link, path, size - 1);
	close(cgroup);
	if (length < 0)
		return false;
	path[length] = 0;
	return true;
}
