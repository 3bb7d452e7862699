// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Reads and writes the pinned maps. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "complain.h"
#include "pins.h"
#include "provider.h"

static const __u32 only;
static_assert(TOA_COUNT_MAX <= TOA_COUNTERS_ROOM, "the map has no room for all counters");

static int open_map(const char *pin)
{
	int fd = pins_open(pin);

	if (fd < 0)
		complain("cannot open %s: the provider is not loaded, or this user is not allowed to read it", pin);
	return fd;
}

/* The kernel copies whole values and does not know the size of the buffer, so check it. */
static int open_sized(const char *pin, __u32 value_size)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);
	int fd = open_map(pin);

	if (fd < 0)
		return -1;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size) && info.value_size == value_size)
		return fd;
	complain("%s was created by another version of toa-bpf: use that version", pin);
	close(fd);
	return -1;
}

/* -1 for any: then there is no list. */
static bool make_list(const struct networks *networks, int *list)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	unsigned int i;
	__u8 family;

	*list = -1;
	if (!networks->count)
		return true;
	*list = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "toa_networks", sizeof(struct toa_network), sizeof(family),
			       TOA_MOST_NETWORKS, &options);
	for (i = 0; *list >= 0 && i < networks->count; i++) {
		family = network_is_ipv4(&networks->network[i]) ? TOA_TRUSTED_IPV4 : TOA_TRUSTED_IPV6;
		if (bpf_map_update_elem(*list, &networks->network[i], &family, BPF_ANY))
			break;
	}
	if (*list >= 0 && i == networks->count)
		return true;
	complain("cannot store the trusted networks: %s", strerror(errno));
	if (*list >= 0)
		close(*list);
	return false;
}

static bool use_list(int list)
{
	int map = open_map(PIN("toa_trusted")), err = 0;

	if (map < 0)
		return false;
	if (list >= 0)
		err = bpf_map_update_elem(map, &only, &list, BPF_ANY);
	else
		bpf_map_delete_elem(map, &only); /* it may be empty already */
	if (err)
		complain("cannot set the trusted networks: %s", strerror(-err));
	close(map);
	return !err;
}

bool provider_read_trusted(struct networks *networks)
{
	struct toa_network network, *previous = NULL;
	int map = open_map(PIN("toa_trusted")), list;
	bool sound = true;
	__u32 id;

	if (map < 0)
		return false;
	if (!bpf_map_lookup_elem(map, &only, &id)) {
		list = bpf_map_get_fd_by_id(id);
		if (list < 0)
			complain("cannot read the trusted networks: %s", errno == EPERM ?
				 "CAP_SYS_ADMIN is missing" : strerror(errno));
		while (sound && list >= 0 && !bpf_map_get_next_key(list, previous, &network)) {
			sound = networks_add(networks, &network);
			previous = &network;
		}
		sound &= list >= 0;
		if (list >= 0)
			close(list);
		networks_tidy(networks);
	}
	close(map);
	return sound;
}

bool provider_store_settings(const struct settings *settings, struct stored_settings *stored)
{
	stored->values = settings->values;
	return make_list(&settings->trusted, &stored->list);
}

bool provider_use_settings(const struct stored_settings *stored)
{
	int map = open_sized(PIN("toa_settings"), sizeof(struct toa_settings)), err;

	if (map < 0)
		return false;
	if (!use_list(stored->list)) {
		close(map);
		return false;
	}
	err = bpf_map_update_elem(map, &only, &stored->values, BPF_ANY);
	if (err)
		complain("cannot set the settings: %s", strerror(-err));
	close(map);
	return !err;
}

void provider_release_settings(const struct stored_settings *stored)
{
	if (stored->list >= 0)
		close(stored->list);
}

bool provider_read_switches(struct settings *settings)
{
	int map = open_sized(PIN("toa_settings"), sizeof(struct toa_settings)), err;

	memset(settings, 0, sizeof(*settings));
	if (map < 0)
		return false;
	err = bpf_map_lookup_elem(map, &only, &settings->values);
	close(map);
	return !err;
}

bool provider_read_settings(struct settings *settings)
{
	return provider_read_switches(settings) && provider_read_trusted(&settings->trusted);
}

bool provider_name_counters(void)
{
	static const struct toa_counter_name names[TOA_COUNTERS_ROOM] = {
#define NAME(name, text) [TOA_COUNT_##name] = { text },
		TOA_COUNTERS(NAME)
#undef NAME
	};
	int map = open_map(PIN("toa_counter_names")), err = 0;
	__u32 row;

	if (map < 0)
		return false;
	for (row = 0; !err && row < TOA_COUNTERS_ROOM; row++)
		err = bpf_map_update_elem(map, &row, &names[row], BPF_ANY);
	if (err)
		complain("cannot store the names of the counters: %s", strerror(-err));
	close(map);
	return !err;
}

static void print_counters(int counters, int names, __u64 *values, int cpus, FILE *out)
{
	struct toa_counter_name name;
	__u32 row;
	int cpu;

	fprintf(out, "%-25s ", "");
	for (cpu = 0; cpu < cpus; cpu++)
		fprintf(out, "%7s%-3d ", "CPU", cpu);
	fputc('\n', out);
	for (row = 0; !bpf_map_lookup_elem(names, &row, &name) && *name.text; row++) {
		if (bpf_map_lookup_elem(counters, &row, values))
			break;
		fprintf(out, "%-25.*s:", (int)sizeof(name.text), name.text);
		for (cpu = 0; cpu < cpus; cpu++)
			fprintf(out, "%10llu ", (unsigned long long)values[cpu]);
		fputc('\n', out);
	}
}

bool provider_print_stats(FILE *out)
{
	int counters = open_sized(PIN("toa_counters"), sizeof(__u64)), names = -1, cpus = libbpf_num_possible_cpus();
	__u64 *values = calloc(cpus, sizeof(*values));
	bool sound;

	if (counters >= 0)
		names = open_sized(PIN("toa_counter_names"), sizeof(struct toa_counter_name));
	sound = names >= 0 && values;
	if (sound)
		print_counters(counters, names, values, cpus, out);
	free(values);
	if (counters >= 0)
		close(counters);
	if (names >= 0)
		close(names);
	return sound;
}
