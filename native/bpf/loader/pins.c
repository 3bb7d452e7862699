// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "complain.h"
#include "pins.h"

int pins_open(const char *path)
{
	int fd = bpf_obj_get(path);

	return fd < 0 ? -1 : fd;
}

static bool is_protected(int folder, const char *name)
{
	struct stat pin;

	if (fstatat(folder, name, &pin, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT;
	return (pin.st_uid == geteuid() || !pin.st_uid) && !(pin.st_mode & 0022);
}

static bool are_protected(DIR *folder)
{
	const struct dirent *entry;

	while ((entry = readdir(folder)))
		if (strcmp(entry->d_name, "..") && !is_protected(dirfd(folder), entry->d_name))
			break;
	if (!entry)
		return true;
	complain("%s/%s belongs to another user, or another user can change it. Remove it: rm -r %s", PROVIDER_FOLDER,
		 entry->d_name, PROVIDER_FOLDER);
	return false;
}

bool pins_are_protected(void)
{
	DIR *folder = opendir(PROVIDER_FOLDER);
	bool sound;

	if (!folder && (errno == ENOENT || errno == EACCES))
		return true; /* absent, or this user cannot use them */
	if (!folder) {
		complain("cannot read %s: %s", PROVIDER_FOLDER, strerror(errno));
		return false;
	}
	sound = are_protected(folder);
	closedir(folder);
	return sound;
}

bool pins_detach(const char *path)
{
	int fd = pins_open(path);

	if (fd >= 0) {
		bpf_link_detach(fd); /* fails for maps and files: they have no hook */
		close(fd);
	}
	if (!unlink(path) || errno == ENOENT)
		return true;
	complain("cannot remove %s: %s", path, strerror(errno));
	return false;
}
