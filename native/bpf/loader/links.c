// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "cgroups.h"
#include "complain.h"
#include "links.h"
#include "pins.h"

static const char * const link_pins[LINKS] = {
	[LINK_GETSOCKOPT] = PIN("getsockopt"),
	[LINK_GETPEERNAME6] = PIN("getpeername6"),
	[LINK_GETPEERNAME4] = PIN("getpeername4"),
	[LINK_CONNECTIONS] = PIN("connections"),
};

static void open_link(struct link *link)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);

	link->fd = pins_open(link->pin);
	if (link->fd < 0)
		return;
	bpf_obj_get_info_by_fd(link->fd, &info, &size);
	link->program = info.prog_id;
	link->cgroup = info.cgroup.cgroup_id;
	link->severed = !link->cgroup || cgroups_are_without(link->cgroup);
}

bool links_open(struct link *links)
{
	bool found = false;
	unsigned int i;

	memset(links, 0, LINKS * sizeof(*links));
	for (i = 0; i < LINKS; i++) {
		links[i].pin = link_pins[i];
		open_link(&links[i]);
		found |= links[i].fd >= 0;
	}
	return found;
}

void links_close(struct link *links)
{
	unsigned int i;

	for (i = 0; i < LINKS; i++)
		if (links[i].fd >= 0)
			close(links[i].fd);
}

static bool attach(const char *pin, struct bpf_program *program, int cgroup)
{
	struct bpf_link *link = bpf_program__attach_cgroup(program, cgroup);
	int err;

	if (!link) {
		complain("cannot attach %s: %s%s", bpf_program__name(program), strerror(errno), errno == EPERM ?
			 ": another program holds this hook exclusively (bpftool cgroup tree shows it)" : "");
		return false;
	}
	err = bpf_link__pin(link, pin);
	if (err) {
		complain("cannot pin %s: %s", pin, strerror(-err));
		bpf_link__destroy(link);
		return false;
	}
	bpf_link__disconnect(link);
	bpf_link__destroy(link);
	return true;
}

bool links_is_in_place(const struct link *link)
{
	return link->fd >= 0 && !link->severed;
}

/* Removes those of the first COUNT links that were not in place before. */
static void detach_new(const struct link *links, unsigned int count)
{
	while (count--)
		if (!links_is_in_place(&links[count]))
			pins_detach(links[count].pin);
}

static bool attach_missing(const struct link *links, struct bpf_program * const *programs, int cgroup)
{
	unsigned int i;

	for (i = 0; i < LINKS; i++) {
		if (links_is_in_place(&links[i]))
			continue;
		if ((links[i].fd < 0 || pins_detach(links[i].pin)) && attach(links[i].pin, programs[i], cgroup))
			continue;
		detach_new(links, i);
		return false;
	}
	return true;
}

/* Restores the previous programs of the first COUNT links. Without CAP_SYS_ADMIN, they cannot be opened. */
static void put_back(const struct link *links, unsigned int count)
{
	while (count--) {
		int program = links_is_in_place(&links[count]) ? bpf_prog_get_fd_by_id(links[count].program) : -1;

		if (program < 0)
			continue;
		bpf_link_update(links[count].fd, program, NULL);
		close(program);
	}
}

bool links_place(const struct link *links, struct bpf_program * const *programs, int cgroup)
{
	unsigned int i;
	int err;

	/* First, because a hook can refuse: then the programs that are in place stay. */
	if (!attach_missing(links, programs, cgroup))
		return false;
	for (i = 0; i < LINKS; i++) {
		err = 0;
		if (links_is_in_place(&links[i]))
			err = bpf_link_update(links[i].fd, bpf_program__fd(programs[i]), NULL);
		if (!err)
			continue;
		complain("cannot replace %s: %s", links[i].pin, strerror(-err));
		put_back(links, i);
		detach_new(links, LINKS);
		return false;
	}
	return true;
}

bool links_remove(void)
{
	bool gone = true;
	unsigned int i;

	for (i = LINKS; i--;)
		gone &= pins_detach(link_pins[i]);
	return gone;
}
