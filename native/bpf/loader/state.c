// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* toa-bpf status: what is loaded. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "cgroups.h"
#include "complain.h"
#include "files.h"
#include "links.h"
#include "provider.h"

/* verified_insns is 0 before Linux 5.16. */
static void print_program(const char *name, __u32 id, FILE *out)
{
	struct bpf_prog_info program = { 0 };
	__u32 size = sizeof(program);
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0)
		bpf_obj_get_info_by_fd(fd, &program, &size);
	close(fd);
	fprintf(out, "program %s: id %u", name, id);
	if (program.verified_insns)
		fprintf(out, ", %u instructions verified", program.verified_insns);
	fputc('\n', out);
}

static void print_cgroup(__u64 id, FILE *out)
{
	char path[PATH_MAX];

	if (cgroups_find_path(id, path, sizeof(path)))
		fprintf(out, "cgroup=%s\n", path);
	else
		fprintf(out, "cgroup=number %llu\n", (unsigned long long)id);
}

/* True if every program is attached. Otherwise prints what is wrong. */
static bool is_whole(const struct link *links)
{
	unsigned int i;

	for (i = 0; i < LINKS; i++) {
		if (links[i].fd < 0)
			complain("%s is missing: run toa-bpf load", links[i].pin);
		else if (links[i].severed)
			complain("the cgroup of the provider was removed: run toa-bpf unload, then toa-bpf load for another cgroup");
		else
			continue;
		return false;
	}
	return true;
}

static void print_links(const struct link *links, FILE *out)
{
	bool named = false;
	unsigned int i;

	for (i = 0; i < LINKS; i++) {
		if (links[i].fd < 0)
			continue;
		if (!named)
			print_cgroup(links[i].cgroup, out);
		named = true;
		print_program(strrchr(links[i].pin, '/') + 1, links[i].program, out);
	}
}

bool provider_print_state(FILE *out)
{
	struct settings settings;
	struct link links[LINKS];
	bool loaded = links_open(links), sound;

	fprintf(out, "loaded=%c\n", loaded ? 'Y' : 'N');
	sound = loaded && provider_read_switches(&settings);
	if (sound) {
		/* Without the list, the rest is shown: a watcher in a container has no CAP_SYS_ADMIN. */
		settings_print(&settings, provider_read_trusted(&settings.trusted), out);
		print_links(links, out);
		files_print_state(out);
		sound = is_whole(links);
	}
	links_close(links);
	return sound;
}
