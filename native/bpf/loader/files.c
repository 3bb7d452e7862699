// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "files.skel.h"

#include "complain.h"
#include "files.h"
#include "host.h"
#include "pins.h"

static const struct {
	const char *name;
	const char *pin;
	const char *new_pin;
} places[] = {
	{ "stats", PIN("stats"), PIN("stats_new") },
	{ "table", PIN("table"), PIN("table_new") },
};

enum { STATS, TABLE, FILES };

/* Loads the object with the pinned maps. Returns 0 or a negative errno. */
static int load(struct files_bpf **files)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = PROVIDER_FOLDER);
	int err;

	*files = files_bpf__open_opts(&options);
	if (!*files)
		return -errno;
	(*files)->rodata->toa_cpus = libbpf_num_possible_cpus();
	err = files_bpf__load(*files);
	if (!err)
		return 0;
	files_bpf__destroy(*files);
	*files = NULL;
	return err;
}

/* Creates a file: reading it runs the program over the map. A reader opens the old file or the new one. */
static void make(unsigned int file, struct bpf_program *program, const struct bpf_map *map)
{
	const char *pin = places[file].pin, *new_pin = places[file].new_pin;
	union bpf_iter_link_info over = { .map.map_fd = bpf_map__fd(map) };
	LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &over, .link_info_len = sizeof(over));
	struct bpf_link *link;

	link = bpf_program__attach_iter(program, &options);
	if (!link) {
		complain("cannot create %s: %s", pin, strerror(errno));
		return;
	}
	unlink(new_pin);
	if (bpf_link__pin(link, new_pin) || chmod(new_pin, 0444) || rename(new_pin, pin))
		complain("cannot pin %s: %s", pin, strerror(errno));
	bpf_link__destroy(link);
}

static bool are_there(void)
{
	return !access(places[STATS].pin, F_OK) && !access(places[TABLE].pin, F_OK);
}

void files_make(void)
{
	char reason[HOST_REASON_SIZE];
	struct files_bpf *files;
	int err = load(&files);

	if (!err) {
		make(STATS, files->progs.toa_stats_file, files->maps.toa_counters);
		make(TABLE, files->progs.toa_table_file, files->maps.toa_held);
		files_bpf__destroy(files);
		return;
	}
	if (!host_refuses_tracing(reason, sizeof(reason)))
		snprintf(reason, sizeof(reason), "%s", strerror(-err));
	if (are_there())
		complain("the files stats and table were not replaced: %s", reason);
	else
		complain("the provider is loaded without the files stats and table: %s. toa-bpf stats and toa-bpf table work.",
			 reason);
}

bool files_remove(void)
{
	bool gone = true;
	unsigned int i;

	for (i = 0; i < FILES; i++) {
		gone &= pins_detach(places[i].pin);
		gone &= pins_detach(places[i].new_pin);
	}
	return gone;
}

void files_print_state(FILE *out)
{
	char reason[HOST_REASON_SIZE];
	const char *separator = "";
	unsigned int i, found = 0;

	fputs("files=", out);
	for (i = 0; i < FILES; i++) {
		if (access(places[i].pin, F_OK))
			continue;
		fprintf(out, "%s%s", separator, places[i].name);
		separator = ",";
		found++;
	}
	if (found < FILES) {
		if (!host_refuses_tracing(reason, sizeof(reason)))
			snprintf(reason, sizeof(reason), "missing: toa-bpf load creates them or prints the reason");
		fprintf(out, "%s: %s", found ? "" : "none", reason);
	}
	fputc('\n', out);
}
