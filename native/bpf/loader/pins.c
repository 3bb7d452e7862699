// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "complain.h"
#include "pins.h"

int pins_open(const char *path)
{
	int fd = bpf_obj_get(path);

	return fd < 0 ? -1 : fd;
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
