// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "toa.h"
#include "toa_option.h"

#include "complain.h"
#include "settings.h"

static bool parse_kind(const char *name, char *word, unsigned char family, unsigned long *kind)
{
	char *end;

	while (isspace((unsigned char)*word))
		word++;
	errno = 0;
	*kind = strtoul(word, &end, 0);
	if (!isdigit((unsigned char)*word) || errno || *kind > 255 || strspn(end, " \t\n") != strlen(end)) {
		complain("%s: '%s' is not a number from 0 to 255", name, word);
		return false;
	}
	if (toa_option_belongs_to_tcp(*kind)) {
		complain("%s: kind %lu belongs to TCP: use 200, 253 or 254", name, *kind);
		return false;
	}
	if (*kind == TOA_KIND_VPC && family == TOA_KIND_OF_IPV6) {
		complain("%s: kind %lu with length %d is the VPC option of Alibaba Cloud: it holds an IPv4 client, a VPC id and a virtual address",
			 name, *kind, TOA_LENGTH_IPV6);
		return false;
	}
	return true;
}

static bool set_kinds(struct settings *settings, const char *name, const char *value, unsigned char family)
{
	char *copy = strdup(value), *rest = copy, *word;
	unsigned char kinds[256];
	unsigned int i, count = 0;
	bool sound = copy;

	for (i = 0; i < 256; i++)
		kinds[i] = settings->values.kinds[i] & ~family;
	while (sound && (word = strsep(&rest, ","))) {
		unsigned long kind;

		if (strspn(word, " \t\n") == strlen(word))
			continue;
		sound = parse_kind(name, word, family, &kind);
		if (!sound || kinds[kind] & family)
			continue;
		if (++count > TOA_MOST_KINDS) {
			complain("%s: too many kinds: the maximum is %d", name, TOA_MOST_KINDS);
			sound = false;
		}
		kinds[kind] |= family;
	}
	free(copy);
	if (sound)
		memcpy(settings->values.kinds, kinds, sizeof(kinds));
	return sound;
}

static bool set_flag(const char *name, const char *value, __u32 *flag)
{
	if (!value || !strcmp(value, "1") || !strcasecmp(value, "y")) {
		*flag = 1;
	} else if (!strcmp(value, "0") || !strcasecmp(value, "n")) {
		*flag = 0;
	} else {
		complain("%s: must be Y or N, but is '%s'", name, value);
		return false;
	}
	return true;
}

static bool set_trusted(struct settings *settings, const char *value)
{
	bool adds = *value == '+';

	if (!strcmp(value, "any")) {
		settings->trusted.count = 0;
		settings->trusted_named = true;
		return true;
	}
	if (!adds && !settings->trusted_named)
		settings->trusted.count = 0;
	if (!networks_parse(&settings->trusted, value + adds))
		return false;
	/* A script with an unset variable would otherwise trust every source. */
	if (!settings->trusted.count) {
		complain("trusted: the list is empty: use networks such as 10.0.0.16/28, or 'any' to accept TOA options from any source");
		return false;
	}
	settings->trusted_named = true;
	networks_tidy(&settings->trusted);
	return true;
}

bool settings_set(struct settings *settings, const char *name, const char *value)
{
	if (!strcmp(name, "syn"))
		return set_flag(name, value, &settings->values.syn);
	if (!strcmp(name, "first_data"))
		return set_flag(name, value, &settings->values.first_data);
	if (!strcmp(name, "nat64_getpeername"))
		return set_flag(name, value, &settings->values.nat64_getpeername);
	if (value && !strcmp(name, "trusted"))
		return set_trusted(settings, value);
	if (value && !strcmp(name, "ipv4_kinds"))
		return set_kinds(settings, name, value, TOA_KIND_OF_IPV4);
	if (value && !strcmp(name, "ipv6_kinds"))
		return set_kinds(settings, name, value, TOA_KIND_OF_IPV6);
	complain("unknown setting '%s': see toa-bpf --help", name);
	return false;
}

void settings_default(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->values.kinds[TOA_KIND_IPV4] = TOA_KIND_OF_IPV4;
	settings->values.kinds[TOA_KIND_IPV6] = TOA_KIND_OF_IPV6;
	settings->values.lengths[TOA_LENGTH_IPV4] = TOA_KIND_OF_IPV4;
	settings->values.lengths[TOA_LENGTH_IPV6] = TOA_KIND_OF_IPV6;
}

static void print_kinds(const struct settings *settings, const char *name, unsigned char family, FILE *out)
{
	const char *separator = "";
	unsigned int kind;

	fprintf(out, "%s=", name);
	for (kind = 0; kind < 256; kind++) {
		if (!(settings->values.kinds[kind] & family))
			continue;
		fprintf(out, "%s%u", separator, kind);
		separator = ",";
	}
	fputc('\n', out);
}

void settings_print(const struct settings *settings, FILE *out)
{
	fputs("trusted=", out);
	networks_print(&settings->trusted, out);
	fputc('\n', out);
	print_kinds(settings, "ipv4_kinds", TOA_KIND_OF_IPV4, out);
	print_kinds(settings, "ipv6_kinds", TOA_KIND_OF_IPV6, out);
	fprintf(out, "syn=%c\n", settings->values.syn ? 'Y' : 'N');
	fprintf(out, "first_data=%c\n", settings->values.first_data ? 'Y' : 'N');
	fprintf(out, "nat64_getpeername=%c\n", settings->values.nat64_getpeername ? 'Y' : 'N');
}
