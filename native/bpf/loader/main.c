// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Exit status: 0, 1 if it could not be done or nothing is loaded, 2 if the command line is wrong. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include <bpf/libbpf.h>

#include "complain.h"
#include "provider.h"

#define WRONG_USAGE	2

struct request {
	const char *cgroup;
	bool verbose;
	struct settings settings;
};

static void usage(FILE *out)
{
	fputs("usage: toa-bpf COMMAND [OPTION]...\n"
	      "  load     loads the provider, or replaces its programs and settings without a gap\n"
	      "  set      changes the settings named, and leaves the others\n"
	      "  unload   takes everything away; connections live on\n"
	      "  status   says what is loaded, and with which settings; exit status 1: nothing is\n"
	      "  stats    the counters, as /proc/net/toa_stats\n"
	      "  table    the connections with an address, as /proc/net/toa_table\n"
	      "\n"
	      "for load and set, also as NAME=VALUE with the names that the module has:\n"
	      "  --trusted CIDR,...      the networks of the balancers; others are not believed. None: everybody is\n"
	      "  --ipv4-kinds N,...      kinds of options with an IPv4 client (200)\n"
	      "  --ipv6-kinds N,...      kinds of options with an IPv6 client (253)\n"
	      "  --syn                   options on the SYN count too, and listeners save it from now on\n"
	      "  --first-data            and on segments before the first data, unless a program has asked before\n"
	      "  --nat64-getpeername     accept and getpeername name IPv6 clients on AF_INET6 sockets too\n"
	      "for load:\n"
	      "  --cgroup PATH           serves the sockets that are made in this cgroup; else all\n"
	      "  --verbose               shows what libbpf and the verifier say\n",
	      out);
}

static bool is_flag(const char *name)
{
	return !strcmp(name, "syn") || !strcmp(name, "first_data") || !strcmp(name, "nat64_getpeername");
}

/* An option with its value, in this word or in the next one. How many words it takes; 0 if it is wrong. */
static int read_option(struct request *request, char *word, char *next)
{
	bool dashes = !strncmp(word, "--", 2);
	char *name = dashes ? word + 2 : word, *value = strchr(name, '='), *at;
	int words = 1;

	if (!strcmp(word, "--verbose")) {
		request->verbose = true;
		return words;
	}
	if (value) {
		*value++ = 0;
	} else if (!dashes) {
		complain("'%s' is no option: see toa-bpf --help", word);
		return 0;
	}
	for (at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	if (!value && !is_flag(name)) {
		value = next;
		words++;
	}
	if (!strcmp(name, "cgroup") && value) {
		request->cgroup = value;
		return words;
	}
	return settings_set(&request->settings, name, value) ? words : 0;
}

static bool read_options(struct request *request, char **words)
{
	while (*words) {
		int taken = read_option(request, words[0], words[1]);

		if (!taken)
			return false;
		words += taken;
	}
	return true;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

static int loud(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	return vfprintf(stderr, format, arguments);
}

/* One loader at a time; the lock ends with the process. */
static void wait_for_others(void)
{
	int folder = open(HOST_BPFFS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder >= 0)
		flock(folder, LOCK_EX);
}

static int load(char **words)
{
	struct request request = { 0 };

	settings_default(&request.settings);
	if (!read_options(&request, words))
		return WRONG_USAGE;
	if (request.verbose)
		libbpf_set_print(loud);
	return provider_load(request.cgroup, &request.settings, request.verbose) ? 0 : 1;
}

static int set(char **words)
{
	struct request request = { 0 };

	if (!provider_read_settings(&request.settings))
		return 1;
	if (!read_options(&request, words))
		return WRONG_USAGE;
	return provider_write_settings(&request.settings) ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	char **rest = argv + (argc > 1 ? 2 : 1);

	if (!strcmp(command, "--help") || !strcmp(command, "-h")) {
		usage(stdout);
		return 0;
	}
	libbpf_set_print(quiet);
	wait_for_others();
	if (!strcmp(command, "load"))
		return load(rest);
	if (!strcmp(command, "set"))
		return set(rest);
	if (*rest) {
		complain("%s takes no options: see toa-bpf --help", command);
		return WRONG_USAGE;
	}
	if (!strcmp(command, "unload"))
		return provider_unload() ? 0 : 1;
	if (!strcmp(command, "status"))
		return provider_print_state(stdout) ? 0 : 1;
	if (!strcmp(command, "stats"))
		return provider_print_stats(stdout) ? 0 : 1;
	if (!strcmp(command, "table"))
		return provider_print_table(stdout) ? 0 : 1;
	usage(stderr);
	return WRONG_USAGE;
}
