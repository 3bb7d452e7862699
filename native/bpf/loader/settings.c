// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <string.h>

#include "toa_format_setting.h"

#include "complain.h"
#include "settings.h"

static bool set_formats(struct settings *settings, const char *value)
{
	char complaint[TOA_FORMAT_COMPLAINT];
	struct toa_format_set formats;

	if (!toa_format_parse(&formats, value, complaint)) {
		complain("formats: %s", complaint);
		return false;
	}
	settings->values.formats = formats;
	return true;
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
	if (value && !strcmp(name, "formats"))
		return set_formats(settings, value);
	complain("unknown setting '%s': see toa-bpf --help", name);
	return false;
}

void settings_default(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	set_formats(settings, TOA_FORMATS_DEFAULT);
}

void settings_print(const struct settings *settings, bool with_trusted, FILE *out)
{
	if (with_trusted) {
		fputs("trusted=", out);
		networks_print(&settings->trusted, out);
		fputc('\n', out);
	}
	fprintf(out, "formats=%s\n", settings->values.formats.text);
	fprintf(out, "syn=%c\n", settings->values.syn ? 'Y' : 'N');
	fprintf(out, "first_data=%c\n", settings->values.first_data ? 'Y' : 'N');
	fprintf(out, "nat64_getpeername=%c\n", settings->values.nat64_getpeername ? 'Y' : 'N');
}
