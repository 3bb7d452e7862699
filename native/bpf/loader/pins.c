// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <errno.h>
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

bool pins_are_protected(const char *path)
{
	struct stat pin;

	if (lstat(path, &pin) || ((pin.st_uid == geteuid() || !pin.st_uid) && !(pin.st_mode & (S_IWGRP | S_IWOTH))))
		return true;
	complain("%s is of user %u, mode %o: another user can change it. Remove it: rm -r %s", path, pin.st_uid,
		 pin.st_mode & 07777, PROVIDER_FOLDER);
	return false;
}

bool pins_detach(const char *path)
{
	int fd = pins_open(path);

	if (fd >= 0) {
		bpf_link_detach(fd); /* files have no hook: they refuse */
		close(fd);
	}
	if (!unlink(path) || errno == ENOENT)
		return true;
	complain("cannot remove %s: %s", path, strerror(errno));
	return false;
}
