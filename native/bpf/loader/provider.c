// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "files.skel.h"
#include "toa.skel.h"

#include "complain.h"
#include "pins.h"
#include "provider.h"

struct hook {
	const char *pin;
	struct bpf_program *program;
};

/* Nothing is learnt before it can be told and forgotten: connections come last, and go first. */
static const char * const link_pins[] = {
	PIN("getsockopt"), PIN("getpeername6"), PIN("getpeername4"), PIN("connections"),
};

#define LINKS	(sizeof(link_pins) / sizeof(*link_pins))

static const char * const file_pins[] = { PIN("stats"), PIN("table") };
static const char * const map_pins[] = {
	PIN("toa_held"), PIN("toa_settings"), PIN("toa_trusted"), PIN("toa_counters"),
};

bool provider_is_loaded(void)
{
	return !access(PIN("connections"), F_OK);
}

/* Whether the pinned link is at this cgroup: a link cannot move. */
static bool is_at(int link, int cgroup)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);
	struct stat folder;

	return bpf_obj_get_info_by_fd(link, &info, &size) || fstat(cgroup, &folder) ||
	       info.cgroup.cgroup_id == folder.st_ino;
}

static bool attach(const struct hook *hook, int cgroup)
{
	struct bpf_link *link = bpf_program__attach_cgroup(hook->program, cgroup);
	int err;

	if (!link) {
		complain("cannot attach %s: %s%s", bpf_program__name(hook->program), strerror(errno),
			 errno == EPERM ? ": another program owns this hook alone (bpftool cgroup tree names it)" : "");
		return false;
	}
	err = bpf_link__pin(link, hook->pin);
	if (err) {
		complain("cannot pin %s: %s", hook->pin, strerror(-err));
		bpf_link__destroy(link);
		return false;
	}
	bpf_link__disconnect(link);
	bpf_link__destroy(link);
	return true;
}

/* Whoever calls meets the old program or the new one, never none. */
static bool replace(const struct hook *hook, int link, int cgroup)
{
	int err;

	if (cgroup >= 0 && !is_at(link, cgroup)) {
		complain("it is loaded at another cgroup: toa-bpf unload first");
		return false;
	}
	err = bpf_link_update(link, bpf_program__fd(hook->program), NULL);
	if (err)
		complain("cannot replace %s: %s", hook->pin, strerror(-err));
	return !err;
}

static bool place(const struct hook *hook, int cgroup)
{
	int link = pins_open(hook->pin);
	bool placed;

	if (link < 0)
		return attach(hook, cgroup);
	placed = replace(hook, link, cgroup);
	close(link);
	return placed;
}

/* A file that is read by running a program over a map. */
static void show_file(struct bpf_program *program, const struct bpf_map *map, const char *pin)
{
	union bpf_iter_link_info over = { .map.map_fd = bpf_map__fd(map) };
	LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &over, .link_info_len = sizeof(over));
	struct bpf_link *link;

	link = bpf_program__attach_iter(program, &options);
	if (!link) {
		complain("there will be no %s: %s", pin, strerror(errno));
		return;
	}
	if (!bpf_link__pin(link, pin))
		chmod(pin, 0444);
	bpf_link__destroy(link);
}

static bool open_cgroup(const char *path, int *cgroup)
{
	char root[4096];

	*cgroup = -1;
	if (!path) {
		if (provider_is_loaded())
			return true;
		if (!host_find_cgroup(root, sizeof(root)))
			return false;
		path = root;
	}
	*cgroup = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*cgroup < 0)
		complain("cannot open the cgroup %s: %s", path, strerror(errno));
	return *cgroup >= 0;
}

/* Of the verifier's log, its figures alone. */
#define VERIFIER_FIGURES	4

/* It is no loss if a kernel cannot: toa-bpf stats does without. */
static void show_files(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = PROVIDER_FOLDER);
	struct files_bpf *files;
	int err;

	unlink(file_pins[0]);
	unlink(file_pins[1]);
	if (!host_shows_types())
		return;
	files = files_bpf__open_opts(&options);
	if (!files)
		return;
	files->rodata->toa_cpus = libbpf_num_possible_cpus();
	err = files_bpf__load(files);
	if (err) {
		complain("there will be no files stats and table: %s", strerror(-err));
	} else {
		show_file(files->progs.toa_stats_file, files->maps.toa_counters, file_pins[0]);
		show_file(files->progs.toa_table_file, files->maps.toa_held, file_pins[1]);
	}
	files_bpf__destroy(files);
}

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

static bool load_object(struct toa_bpf *object)
{
	int err = toa_bpf__load(object);

	if (!err)
		return true;
	if (provider_is_loaded() && err == -EINVAL)
		complain("what is loaded is of another version: toa-bpf unload first");
	else
		complain("the kernel refuses the programs: %s%s", strerror(-err),
			 err == -EPERM ? ": a lockdown, a container or kernel.unprivileged_bpf_disabled is in the way" :
					 "; --verbose shows why");
	return false;
}

static bool place_all(struct toa_bpf *object, int cgroup)
{
	const struct hook hooks[LINKS] = {
		{ link_pins[0], object->progs.toa_getsockopt },
		{ link_pins[1], object->progs.toa_getpeername6 },
		{ link_pins[2], object->progs.toa_getpeername4 },
		{ link_pins[3], object->progs.toa_connections },
	};
	unsigned int i;

	show_files();
	for (i = 0; i < LINKS; i++)
		if (!place(&hooks[i], cgroup))
			return false;
	return true;
}

static bool load_at(int cgroup, const struct settings *settings, bool verbose)
{
	struct toa_bpf *object = open_object(verbose);
	bool loaded;

	if (!object) {
		complain("this program is broken: %s", strerror(errno));
		return false;
	}
	mkdir(PROVIDER_FOLDER, 0755);
	loaded = load_object(object) && provider_write_settings(settings) && place_all(object, cgroup);
	toa_bpf__destroy(object);
	return loaded;
}

bool provider_load(const char *cgroup, const struct settings *settings, bool verbose)
{
	bool was_loaded = provider_is_loaded(), loaded;
	int fd;

	if (!host_check(was_loaded) || !host_mount_bpffs() || !open_cgroup(cgroup, &fd))
		return false;
	loaded = load_at(fd, settings, verbose);
	if (fd >= 0)
		close(fd);
	if (was_loaded)
		return loaded;
	if (!loaded) {
		provider_unload();
		return false;
	}
	if (!settings->trusted.count)
		host_log("<4>TOA: trusted= is empty: an address is believed whoever sends it");
	host_log("<6>TOA: toa load success");
	return true;
}

bool provider_unload(void)
{
	bool was_loaded = provider_is_loaded(), gone = true;
	unsigned int i;

	for (i = LINKS; i--;)
		gone &= pins_detach(link_pins[i]);
	for (i = 0; i < sizeof(file_pins) / sizeof(*file_pins); i++)
		gone &= pins_detach(file_pins[i]);
	for (i = 0; i < sizeof(map_pins) / sizeof(*map_pins); i++)
		gone &= pins_detach(map_pins[i]);
	if (rmdir(PROVIDER_FOLDER) && errno != ENOENT) {
		complain("cannot remove %s: %s", PROVIDER_FOLDER, strerror(errno));
		gone = false;
	}
	if (was_loaded && gone)
		host_log("<6>TOA unloaded");
	return gone;
}

/* Before 5.16 the kernel does not tell what a program cost to verify. */
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

	if (host_path_of_cgroup(id, path, sizeof(path)))
		fprintf(out, "cgroup=%s\n", path);
	else
		fprintf(out, "cgroup=number %llu\n", (unsigned long long)id);
}

bool provider_print_state(FILE *out)
{
	struct settings settings;
	unsigned int i;

	fprintf(out, "loaded=%c\n", provider_is_loaded() ? 'Y' : 'N');
	if (!provider_is_loaded() || !provider_read_settings(&settings))
		return false;
	settings_print(&settings, out);
	for (i = 0; i < LINKS; i++) {
		struct bpf_link_info link = { 0 };
		__u32 size = sizeof(link);
		int fd = pins_open(link_pins[i]);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &link, &size)) {
			complain("%s is missing: toa-bpf load puts it back", link_pins[i]);
			return false;
		}
		close(fd);
		if (!i)
			print_cgroup(link.cgroup.cgroup_id, out);
		print_program(strrchr(link_pins[i], '/') + 1, link.prog_id, out);
	}
	return true;
}
