// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "toa.skel.h"

#include "cgroups.h"
#include "complain.h"
#include "files.h"
#include "links.h"
#include "pins.h"
#include "provider.h"

static const char * const map_pins[] = {
	PIN("toa_held"), PIN("toa_settings"), PIN("toa_trusted"), PIN("toa_counters"), PIN("toa_counter_names"),
};

bool provider_is_loaded(void)
{
	struct link links[LINKS];
	bool loaded = links_open(links);

	links_close(links);
	return loaded;
}

bool provider_may_be_seen(void)
{
	int map = pins_open(PIN("toa_settings"));

	if (map >= 0) {
		close(map);
		return true;
	}
	if (errno != EACCES && errno != EPERM)
		return true; /* it is not loaded */
	complain("this user is not allowed to read %s: run toa-bpf as root", PROVIDER_FOLDER);
	return false;
}

void provider_wait_for_others(void)
{
	int folder = open(HOST_BPFFS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder >= 0)
		flock(folder, LOCK_EX);
}

/* The log level for only the verifier's statistics. */
#define VERIFIER_FIGURES	4

static struct toa_bpf *open_object(bool verbose)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = PROVIDER_FOLDER,
		    .kernel_log_level = verbose ? VERIFIER_FIGURES : 0);
	struct toa_bpf *object = toa_bpf__open_opts(&options);

	if (!object)
		return NULL;
	object->rodata->toa_has_set_retval =
		libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_FUNC_set_retval, NULL) == 1;
	return object;
}

static bool load_object(struct toa_bpf *object, bool was_loaded)
{
	int err = toa_bpf__load(object);

	if (!err)
		return true;
	if (was_loaded && err == -EINVAL)
		complain("the loaded provider is another version: run toa-bpf unload first");
	else if (err == -EPERM)
		complain("the kernel refuses the programs: %s: a lockdown, a container (its seccomp profile) or kernel.unprivileged_bpf_disabled prevents it",
			 strerror(-err));
	else
		complain("the kernel refuses the programs: %s: run toa-bpf load --verbose to see the reason",
			 strerror(-err));
	return false;
}

static void tell_that_all_are_believed(void)
{
	complain("trusted=any: TOA options from any source are accepted");
	host_log("<4>TOA: trusted=any: TOA options from any source are accepted");
}

static bool remove_all(void)
{
	bool gone = links_remove();
	unsigned int i;

	gone &= files_remove();
	for (i = 0; i < sizeof(map_pins) / sizeof(*map_pins); i++)
		gone &= pins_detach(map_pins[i]);
	if (rmdir(PROVIDER_FOLDER) && errno != ENOENT) {
		complain("cannot remove %s: %s", PROVIDER_FOLDER, strerror(errno));
		gone = false;
	}
	return gone;
}

static bool place_all(struct toa_bpf *object, const struct link *links, int cgroup)
{
	struct bpf_program * const programs[LINKS] = {
		[LINK_GETSOCKOPT] = object->progs.toa_getsockopt,
		[LINK_GETPEERNAME6] = object->progs.toa_getpeername6,
		[LINK_GETPEERNAME4] = object->progs.toa_getpeername4,
		[LINK_CONNECTIONS] = object->progs.toa_connections,
	};

	return links_place(links, programs, cgroup);
}

/*
 * The settings are stored first: if there is no memory for the list, nothing changes. If programs
 * are attached already, the settings are switched after the programs, so that a refused hook
 * leaves the old ones. If none is attached, they are switched before: no program runs without.
 */
static bool start(struct toa_bpf *object, const struct link *links, bool serves, int cgroup,
		  const struct settings *settings)
{
	struct stored_settings stored;
	bool started;

	if (!provider_store_settings(settings, &stored))
		return false;
	started = serves ? place_all(object, links, cgroup) && provider_use_settings(&stored) :
			   provider_use_settings(&stored) && place_all(object, links, cgroup);
	provider_release_settings(&stored);
	if (started)
		files_make();
	return started;
}

/* Some programs are attached, and all their maps are pinned. */
static bool is_serving(const struct link *links)
{
	bool called = false;
	unsigned int i;
	int fd;

	for (i = 0; i < LINKS; i++)
		called |= links_is_in_place(&links[i]);
	for (i = 0; called && i < sizeof(map_pins) / sizeof(*map_pins); i++) {
		fd = pins_open(map_pins[i]);
		called = fd >= 0;
		if (called)
			close(fd);
	}
	return called;
}

/* The cgroup that the links are attached to; a link cannot move. -1, with an error message, if it is gone. */
static int cgroup_of(const struct link *links)
{
	const struct link *found = NULL;
	unsigned int i;
	int cgroup;

	for (i = 0; i < LINKS; i++)
		if (links[i].fd >= 0 && !links[i].severed)
			found = &links[i];
	if (!found) {
		complain("the cgroup of the provider was removed: name another one with --cgroup, or run toa-bpf unload first");
		return -1;
	}
	cgroup = cgroups_open_number(found->cgroup);
	if (cgroup < 0)
		complain("cannot open the cgroup of the provider (number %llu): %s. Name it with --cgroup",
			 (unsigned long long)found->cgroup, strerror(errno));
	return cgroup;
}

static bool is_all_at(const struct link *links, int cgroup)
{
	cgroup_number number = cgroups_number_of(cgroup);
	unsigned int i;

	for (i = 0; i < LINKS; i++) {
		if (links[i].fd < 0 || links[i].severed || links[i].cgroup == number)
			continue;
		complain("the provider is loaded for another cgroup: run toa-bpf unload first");
		return false;
	}
	return true;
}

static int choose_cgroup(const char *path, const struct link *links, bool was_loaded)
{
	int cgroup;

	if (!path)
		return was_loaded ? cgroup_of(links) : cgroups_open_root();
	cgroup = cgroups_open(path);
	if (cgroup < 0 || is_all_at(links, cgroup))
		return cgroup;
	close(cgroup);
	return -1;
}

static bool load_at(int cgroup, const struct link *links, bool was_loaded, const struct settings *settings,
		    bool verbose)
{
	struct toa_bpf *object = open_object(verbose);
	bool serves = is_serving(links), loaded;

	if (!object) {
		complain("cannot open the eBPF programs in toa-bpf: %s. Install toa-bpf again", strerror(errno));
		return false;
	}
	mkdir(PROVIDER_FOLDER, 0755);
	/* Checked again: another user may have created the folder since. */
	loaded = pins_are_protected() && load_object(object, was_loaded) &&
		 start(object, links, serves, cgroup, settings) && provider_name_counters();
	toa_bpf__destroy(object);
	return loaded;
}

/* Checks the host and the cgroup before it changes anything. */
static bool load_over(const struct link *links, bool was_loaded, const char *path, const struct settings *settings,
		      bool verbose)
{
	bool loaded;
	int cgroup;

	if (!host_is_free(was_loaded))
		return false;
	cgroup = choose_cgroup(path, links, was_loaded);
	if (cgroup < 0)
		return false;
	if (!was_loaded)
		remove_all(); /* left behind by a loader that was killed */
	loaded = load_at(cgroup, links, was_loaded, settings, verbose);
	close(cgroup);
	return loaded;
}

bool provider_load(const char *cgroup, const struct settings *settings, bool verbose)
{
	struct link links[LINKS];
	bool was_loaded, loaded;

	if (!host_is_fit() || !host_mount_bpffs())
		return false;
	provider_wait_for_others();
	was_loaded = links_open(links);
	loaded = load_over(links, was_loaded, cgroup, settings, verbose);
	links_close(links);
	if (!loaded && !was_loaded)
		remove_all();
	if (loaded && !settings->trusted.count)
		tell_that_all_are_believed();
	if (loaded && !was_loaded)
		host_log("<6>TOA: toa load success");
	return loaded;
}

bool provider_set(const struct settings *settings, bool all_were_believed)
{
	struct stored_settings stored;
	bool used;

	if (!provider_store_settings(settings, &stored))
		return false;
	used = provider_use_settings(&stored);
	provider_release_settings(&stored);
	if (!used)
		return false;
	if (!all_were_believed && !settings->trusted.count)
		tell_that_all_are_believed();
	return true;
}

bool provider_unload(void)
{
	bool was_loaded = provider_is_loaded(), gone = remove_all();

	if (was_loaded && gone)
		host_log("<6>TOA unloaded");
	return gone;
}
