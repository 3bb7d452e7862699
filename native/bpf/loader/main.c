// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Exit status: 0 on success, 1 on failure or if nothing is loaded, 2 if the command line is wrong. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "complain.h"
#include "pins.h"
#include "provider.h"

#define WRONG_USAGE	2

struct request {
	const char *cgroup;
	bool verbose;
	struct settings settings;
};

static void usage(FILE *out)
{
	fputs("usage: toa-bpf COMMAND [OPTION]... | --help | --version\n"
	      "  load     load the provider, or replace its programs and settings without interruption\n"
	      "  set      change the named settings; the other settings stay\n"
	      "  unload   remove the provider; connections stay open\n"
	      "  status   show what is loaded, and its settings; exit status 1: not loaded, or incomplete\n"
	      "  stats    show the counters, in the format of /proc/net/toa_stats\n"
	      "  table    show the connections that have a client address, in the format of /proc/net/toa_table\n"
	      "\n"
	      "Options of load and set (also NAME=VALUE with the parameter names of the module):\n"
	      "  --trusted CIDR,...      networks whose TOA options are accepted; a leading + adds to the list;\n"
	      "                          any: every source (default: any)\n"
	      "  --formats NAME,...      formats of TOA options to read, by vendor: tencent, alibaba-vpc, huawei, ...,\n"
	      "                          or KIND/8 (IPv4), KIND/20 (IPv6) (default: tencent)\n"
	      "  --syn                   read TOA options on the SYN too; new listeners save the SYN\n"
	      "  --first-data            read TOA options up to the first data too, unless a program asked for\n"
	      "                          the client before\n"
	      "  --nat64-getpeername     accept and getpeername return NAT64 clients on dual-mode sockets too\n"
	      "Options of load:\n"
	      "  --cgroup PATH           serve only the sockets that are created in this cgroup (default: all)\n"
	      "  --verbose               print the messages of libbpf and the verifier\n",
	      out);
}

static bool is_flag(const char *name)
{
	return !strcmp(name, "syn") || !strcmp(name, "first_data") || !strcmp(name, "nat64_getpeername");
}

static bool takes_value(const char *name)
{
	return !strcmp(name, "trusted") || !strcmp(name, "formats") || !strcmp(name, "cgroup");
}

/* Reads an option with its value, in this word or in the next. Returns the number of words; 0 if it is wrong. */
static int read_option(struct request *request, char *word, char *next)
{
	bool dashes = !strncmp(word, "--", 2);
	char *name = dashes ? word + 2 : word, *value = strchr(name, '='), *at;
	int words = 1;

	if (!strcmp(word, "--verbose")) {
		request->verbose = true;
		return words;
	}
	if (value)
		*value++ = 0;
	for (at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	if ((!dashes && !value) || (!is_flag(name) && !takes_value(name))) {
		complain("unknown option '%s': see toa-bpf --help", word);
		return 0;
	}
	if (!value && takes_value(name)) {
		value = next;
		words++;
	}
	if (!value && takes_value(name)) {
		complain("%s requires a value: see toa-bpf --help", name);
		return 0;
	}
	if (!strcmp(name, "cgroup")) {
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
	bool all_were_believed;

	if (!*words) {
		complain("set requires a setting, for example trusted=10.0.0.0/8: see toa-bpf --help");
		return WRONG_USAGE;
	}
	provider_wait_for_others();
	if (!provider_read_settings(&request.settings))
		return 1;
	all_were_believed = !request.settings.trusted.count;
	if (!read_options(&request, words))
		return WRONG_USAGE;
	if (request.cgroup || request.verbose) {
		complain("set does not accept --cgroup and --verbose: use them with toa-bpf load");
		return WRONG_USAGE;
	}
	return provider_set(&request.settings, all_were_believed) ? 0 : 1;
}

static int unload(void)
{
	provider_wait_for_others();
	return provider_unload() ? 0 : 1;
}

static bool asks_for_help(char **words)
{
	for (; *words; words++)
		if (!strcmp(*words, "--help") || !strcmp(*words, "-h"))
			return true;
	return false;
}

static int run(const char *command, char **options)
{
	bool is_load = !strcmp(command, "load"), takes_options = is_load || !strcmp(command, "set");

	if (*options && !takes_options) {
		complain("unexpected argument '%s': see toa-bpf --help", *options);
		return WRONG_USAGE;
	}
	if (!pins_are_protected())
		return 1;
	if (is_load)
		return load(options);
	if (!strcmp(command, "table"))
		return provider_print_table(stdout) ? 0 : 1;
	if (!provider_may_be_seen())
		return 1;
	if (!strcmp(command, "set"))
		return set(options);
	if (!strcmp(command, "unload"))
		return unload();
	if (!strcmp(command, "status"))
		return provider_print_state(stdout) ? 0 : 1;
	return provider_print_stats(stdout) ? 0 : 1;
}

static bool is_command(const char *word)
{
	static const char * const commands[] = { "load", "set", "unload", "status", "stats", "table" };
	unsigned int i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(word, commands[i]))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	if (asks_for_help(argv)) {
		usage(stdout);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("toa-bpf " TOA_VERSION);
		return 0;
	}
	if (argc < 2) {
		usage(stderr);
		return WRONG_USAGE;
	}
	if (!is_command(argv[1])) {
		complain("unknown command '%s': see toa-bpf --help", argv[1]);
		return WRONG_USAGE;
	}
	libbpf_set_print(quiet);
	return run(argv[1], argv + 2);
}
