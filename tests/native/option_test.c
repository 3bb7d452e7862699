// SPDX-License-Identifier: MIT
/* Tests the option parser in userspace, with ASan and UBSan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "option_model.h"
#include "toa_format_setting.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct model_option tencent[] = { { 200, 8, MODEL_CLIENT }, { 253, 20, MODEL_CLIENT } };
static const struct model_list formats = { tencent, COUNT(tencent) };

#define NOP 1
#define IPV4 200, 8, 0x15, 0xb3, 192, 0, 2, 10
#define IPV6 253, 20, 0x9c, 0x40, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
#define TIMESTAMPS 8, 10, 1, 2, 3, 4, 5, 6, 7, 8

/* The copy has exactly the size of the options, so that ASan detects a read after its end. */
static struct toa_option_scan scan_copy(const unsigned char *options, unsigned int size, long *offset)
{
	unsigned char *copy = malloc(size ? size : 1);
	const struct toa_format_set set = model_set(formats);
	struct toa_option_scan scan;

	memcpy(copy, options, size);
	scan = toa_option_scan(copy, size, 0, &set);
	*offset = scan.client ? scan.client - copy : -1;
	free(copy);
	return scan;
}

static void expect(const unsigned char *options, unsigned int size, enum toa_option_status status,
		   long offset, unsigned int duplicates)
{
	long at;
	struct toa_option_scan scan = scan_copy(options, size, &at);

	assert_int_equal(scan.status, status);
	assert_int_equal(at, offset);
	assert_int_equal(scan.duplicates, duplicates);
}

#define EXPECT(status, offset, duplicates, ...)                                            \
	do {                                                                               \
		const unsigned char options_[] = { __VA_ARGS__ };                          \
		expect(options_, sizeof(options_), TOA_OPTION_##status, offset, duplicates); \
	} while (0)

static void a_lone_option_is_found(void **state)
{
	(void)state;
	EXPECT(FOUND, 0, 0, IPV4);
	EXPECT(FOUND, 0, 0, IPV6);
}

static void an_option_is_found_among_others(void **state)
{
	(void)state;
	EXPECT(FOUND, 12, 0, NOP, NOP, TIMESTAMPS, IPV4);
	EXPECT(FOUND, 2, 0, NOP, NOP, IPV6, TIMESTAMPS);
	EXPECT(FOUND, 3, 0, 5, 2, NOP, IPV4, NOP);
}

static void a_list_without_the_option_is_sound(void **state)
{
	(void)state;
	expect((const unsigned char *)"", 0, TOA_OPTION_ABSENT, -1, 0);
	EXPECT(ABSENT, -1, 0, NOP, NOP, TIMESTAMPS);
	EXPECT(ABSENT, -1, 0, 2, 4, 5, 0xb4, 4, 2, 3, 3, 7, NOP);
}

static void nothing_behind_the_end_is_read(void **state)
{
	(void)state;
	EXPECT(ABSENT, -1, 0, 0, IPV4);
	EXPECT(FOUND, 0, 0, IPV4, 0, 0, 0, 0);
	EXPECT(FOUND, 0, 0, IPV4, 0, IPV4);
}

static void the_first_option_wins_and_others_are_counted(void **state)
{
	(void)state;
	EXPECT(FOUND, 0, 1, IPV4, IPV6);
	EXPECT(FOUND, 0, 1, IPV6, IPV4);
	EXPECT(FOUND, 1, 3, NOP, IPV4, IPV4, IPV4, IPV4);
}

static void a_broken_list_is_malformed(void **state)
{
	(void)state;
	EXPECT(MALFORMED, -1, 0, 200, 0, 0, 0);
	EXPECT(MALFORMED, -1, 0, 253, 1, 0, 0);
	EXPECT(MALFORMED, -1, 0, 200, 8, 1, 2);
	EXPECT(MALFORMED, -1, 0, NOP, NOP, NOP, 253);
	EXPECT(MALFORMED, -1, 0, 253, 255, 0, 0);
	EXPECT(MALFORMED, -1, 0, 3, 0, IPV4);
}

static void a_broken_tail_does_not_unmake_what_was_found(void **state)
{
	(void)state;
	EXPECT(FOUND, 0, 0, IPV4, 253, 0, 0, 0);
	EXPECT(FOUND, 0, 0, IPV4, NOP, NOP, NOP, 253);
}

static void a_kind_with_another_length_is_told_apart(void **state)
{
	static const unsigned char lengths[] = { 2, 7, 9, 19, 21 };
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(lengths); i++) {
		unsigned char options[24] = { 200, lengths[i] };

		expect(options, sizeof(options), TOA_OPTION_WRONG_LENGTH, -1, 0);
		options[0] = 253;
		expect(options, sizeof(options), TOA_OPTION_WRONG_LENGTH, -1, 0);
	}
	EXPECT(WRONG_LENGTH, -1, 0, 253, 8, 0, 1, 2, 3, 4, 5);
	EXPECT(FOUND, 4, 0, 200, 4, 0, 0, IPV4);
	EXPECT(MALFORMED, -1, 0, 200, 4, 0, 0, 200, 0);
}

static struct toa_format_set parsed(const char *setting)
{
	char complaint[TOA_FORMAT_COMPLAINT] = "";
	struct toa_format_set set;

	if (!toa_format_parse(&set, setting, complaint))
		fail_msg("%s: %s", setting, complaint);
	return set;
}

static void a_kind_can_have_several_formats(void **state)
{
	const struct toa_format_set both = parsed("dpvs");
	unsigned char options[28] = { 254, 8, 0, 1, 2, 3, 4, 5, 254, 20 };
	struct toa_option_scan scan = toa_option_scan(options, sizeof(options), 0, &both);

	(void)state;
	assert_ptr_equal(scan.client, options);
	assert_int_equal(scan.format, TOA_FORMAT_IPV4);
	assert_int_equal(scan.duplicates, 1);
	scan = toa_option_scan(options + 8, 20, 0, &both);
	assert_ptr_equal(scan.client, options + 8);
	assert_int_equal(scan.format, TOA_FORMAT_IPV6);
}

static void options_beside_a_client_are_found_on_both_sides_of_it(void **state)
{
	const struct toa_format_set set = parsed("tencent-vpc");
	unsigned char options[] = { 202, 8, 0, 1, 2, 3, 4, 5, IPV4, 201, 6, 1, 2, 3, 4, 201, 6, 5, 6, 7, 8 };
	struct toa_option_scan scan = toa_option_scan(options, sizeof(options), 0, &set);

	(void)state;
	assert_ptr_equal(scan.virtual_option, options);
	assert_ptr_equal(scan.client, options + 8);
	assert_ptr_equal(scan.network_option, options + 16);
	assert_int_equal(scan.duplicates, 0);
	scan = toa_option_scan(options, 8, 0, &set);
	assert_int_equal(scan.status, TOA_OPTION_ABSENT);
}

static void a_fast_open_cookie_on_a_syn_is_no_client(void **state)
{
	const struct toa_format_set set = parsed("dpvs");
	static const unsigned char lengths[] = { 8, 20 };
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(lengths); i++) {
		/* The option after it does not count either: the client may have forged it. */
		unsigned char options[28] = { 254, lengths[i], 0xf9, 0x89, 1, 2, 3, 4 };
		struct toa_option_scan scan;

		memcpy(options + lengths[i], (unsigned char[]){ 254, 8, 1, 2, 3, 4, 5, 6 }, 8);
		scan = toa_option_scan(options, lengths[i] + 8, 1, &set);
		assert_null(scan.client);
		assert_int_equal(scan.status, TOA_OPTION_FAST_OPEN);
		assert_int_equal(scan.duplicates, 1);
		scan = toa_option_scan(options, lengths[i], 0, &set);
		assert_ptr_equal(scan.client, options);
	}
}

/* The kernel module and the eBPF provider read by these offsets without another check. */
static void each_field_is_within_its_option(void **state)
{
	unsigned int format;

	(void)state;
	assert_in_range(TOA_FORMAT_COUNT, 1, COUNT(toa_layouts));
	assert_in_range(COUNT(toa_layouts), 1, 8 * sizeof(((struct toa_format_set *)0)->kinds[0]));
	for (format = 0; format < COUNT(toa_layouts); format++) {
		const struct toa_layout *layout = &toa_layouts[format];

		if (!layout->length)
			continue;
		assert_in_range(strlen(layout->text), 1, 12);	/* a column of toa_table */
		assert_in_range(layout->client + layout->address_size, 0, layout->length);
		assert_in_range(layout->virtual_addr + layout->address_size, 0, layout->length);
		assert_in_range(layout->client_port + 2, 2, layout->length);
		assert_in_range(layout->virtual_port + 2, 2, layout->length);
		assert_in_range(layout->network_id + layout->network_id_size, 0, layout->length);
		assert_in_range(layout->network_id_size, 0, 4);
	}
}

static void each_vendor_can_be_set_alone(void **state)
{
	unsigned int i, j;

	(void)state;
	for (i = 0; i < COUNT(toa_vendors); i++) {
		const struct toa_vendor *vendor = &toa_vendors[i];
		struct toa_format_set set = parsed(vendor->text);
		unsigned int clients = 0;

		assert_string_equal(set.text, vendor->text);
		for (j = 0; j < TOA_VENDOR_OPTIONS && vendor->options[j].format; j++) {
			const struct toa_layout *layout = &toa_layouts[vendor->options[j].format];

			assert_int_equal(set.kinds[vendor->options[j].kind] & set.lengths[layout->length],
					 TOA_FORMAT_BIT(vendor->options[j].format));
			clients += layout->client != 0;
		}
		assert_int_not_equal(clients, 0);
	}
}

static void a_setting_is_a_list_of_words(void **state)
{
	static const char * const settings[][2] = {
		{ "tencent", "tencent" }, { " 200/8 ,253/20\n", "200/8,253/20" }, { "dpvs,,dpvs, dpvs", "dpvs" },
		{ ",huawei,", "huawei" }, { "255/20,0200/8", NULL }, { "200/8,huawei,200/8", "200/8,huawei" },
	};
	struct toa_format_set set;
	char complaint[TOA_FORMAT_COMPLAINT];
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(settings); i++) {
		int sound = toa_format_parse(&set, settings[i][0], complaint);

		assert_int_equal(sound, settings[i][1] != NULL);
		if (sound)
			assert_string_equal(set.text, settings[i][1]);
	}
}

static void expect_complaint(const char *setting, const char *expected)
{
	char complaint[TOA_FORMAT_COMPLAINT] = "";
	struct toa_format_set set;

	if (toa_format_parse(&set, setting, complaint))
		fail_msg("'%s' was accepted", setting);
	if (!strstr(complaint, expected))
		fail_msg("'%s' is not in '%s'", expected, complaint);
}

static void a_wrong_setting_is_refused_with_the_reason(void **state)
{
	char longest[2 * TOA_FORMATS_MOST] = "";
	unsigned int i;

	(void)state;
	expect_complaint("", "the list is empty");
	expect_complaint(" ,\n", "the list is empty");
	expect_complaint("tencent,foo", "'foo' is not a format: use tencent, ");
	expect_complaint("foo", ", ucloud, KIND/8 (IPv4) or KIND/20 (IPv6)");
	expect_complaint("200", "'200' is not");
	expect_complaint("200/9", "'200/9' is not");
	expect_complaint("256/8", "'256/8' is not");
	expect_complaint("2000/8", "'2000/8' is not");
	expect_complaint("077/8", "'077/8' is not");
	expect_complaint("77/08", "'77/08' is not");
	expect_complaint("01234567890123456789012345678901234567890123456789", "'01234567890123456789012345678901' is not");
	expect_complaint("01234567890123456789012345678901", "ucloud, KIND/8 (IPv4) or KIND/20 (IPv6)");
	expect_complaint("200/8 253/20", "'200/8 253/20' is not");
	expect_complaint("tencen", "'tencen' is not");
	expect_complaint("tencent-vp", "'tencent-vp' is not");
	expect_complaint("8/8", "'8/8': kind 8 belongs to TCP");
	expect_complaint("252/20,alibaba-vpc", "'252/20' and 'alibaba-vpc' read kind 252 with length 20 in different ways");
	expect_complaint("tencent,alibaba-vpc,dpvs,252/20", "'alibaba-vpc' and '252/20' read kind 252 with length 20");
	for (i = 180; i < 234; i++)
		sprintf(longest + strlen(longest), i == 180 ? "%u/8" : ",%u/8", i);
	expect_complaint(longest, "the list is too long: the maximum is 255 bytes");
}

static void print_list(const unsigned char *options, unsigned int size)
{
	while (size--)
		print_error("%u ", *options++);
}

static void expect_as_model(const unsigned char *options, unsigned int size,
			    const struct toa_format_set *set, struct model_list list)
{
	if (model_agrees(options, size, 0, set, list))
		return;
	print_list(options, size);
	fail_msg("status %d, model %d", toa_option_scan(options, size, 0, set).status,
		 model_scan(options, size, 0, list).status);
}

static void every_truncation_is_safe(void **state)
{
	static const unsigned char golden[][40] = {
		{ IPV4, NOP, NOP, TIMESTAMPS }, { NOP, NOP, TIMESTAMPS, IPV6 },
		{ IPV6, IPV4 }, { IPV4, IPV4, IPV4, IPV4, IPV4 },
	};
	const struct toa_format_set set = model_set(formats);
	unsigned int i, size;

	(void)state;
	for (i = 0; i < COUNT(golden); i++) {
		for (size = 0; size <= sizeof(golden[i]); size++) {
			unsigned char *copy = malloc(size ? size : 1);

			memcpy(copy, golden[i], size);
			expect_as_model(copy, size, &set, formats);
			free(copy);
		}
	}
}

/* A list that is short enough to test all values cannot hold the real formats, but these. */
static const struct model_option short_options[] = {
	{ 200, 3, MODEL_CLIENT }, { 253, 2, MODEL_CLIENT }, { 253, 4, MODEL_CLIENT },
	{ 202, 2, MODEL_VIRTUAL }, { 201, 3, MODEL_NETWORK },
};
static const struct model_list short_formats = { short_options, COUNT(short_options) };

static void every_list_of_three_bytes_is_read_as_the_model_does(void **state)
{
	const struct toa_format_set set = model_set(formats), short_set = model_set(short_formats);
	unsigned char *options = malloc(3);
	uint32_t value;

	(void)state;
	for (value = 0; value < 1 << 24; value++) {
		options[0] = value;
		options[1] = value >> 8;
		options[2] = value >> 16;
		expect_as_model(options, 3, &set, formats);
		expect_as_model(options, 3, &short_set, short_formats);
	}
	free(options);
}

/* Longer lists, of the bytes that the parser distinguishes. */
static void every_list_of_up_to_eight_telling_bytes_is_read_as_the_model_does(void **state)
{
	static const unsigned char telling[] = { 0, 1, 2, 3, 200, 202, 253 };
	const struct toa_format_set set = model_set(short_formats);
	unsigned int size, i;

	(void)state;
	for (size = 0; size <= 8; size++) {
		unsigned char *options = malloc(size ? size : 1);
		uint32_t lists = 1, list, rest;

		for (i = 0; i < size; i++)
			lists *= COUNT(telling);
		for (list = 0; list < lists; list++) {
			for (i = 0, rest = list; i < size; i++, rest /= COUNT(telling))
				options[i] = telling[rest % COUNT(telling)];
			expect_as_model(options, size, &set, short_formats);
		}
		free(options);
	}
}

static void random_lists_are_read_as_the_model_does(void **state)
{
	static const unsigned char likely[] = { 0, 1, 1, 2, 3, 4, 8, 8, 10, 20, 20, 200, 200, 253, 253 };
	const struct toa_format_set set = model_set(formats);
	unsigned char *options = malloc(40);
	uint32_t seed = 20240229;
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 2000000; round++) {
		for (i = 0; i < 40; i++) {
			seed = seed * 1664525 + 1013904223;
			options[i] = seed >> 31 ? likely[(seed >> 16) % COUNT(likely)] : seed >> 16;
		}
		expect_as_model(options, 40, &set, formats);
	}
	free(options);
}

static void a_header_says_how_many_options_it_has(void **state)
{
	unsigned char header[TOA_TCP_HEADER + 40] = { 0 };
	unsigned int offset, size;

	(void)state;
	for (offset = 0; offset < 16; offset++) {
		header[12] = offset << 4 | 0xf;
		for (size = 0; size <= sizeof(header); size++) {
			unsigned int end = offset * 4 < size ? offset * 4 : size;
			unsigned int expected = offset < 5 || size < 20 ? 0 : end - 20;

			/* A separate buffer, so that ASan detects a read after its end. */
			unsigned char *copy = test_malloc(size ? size : 1);

			memcpy(copy, header, size);
			assert_int_equal(expected, toa_option_area(copy, size));
			test_free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lone_option_is_found),
		cmocka_unit_test(an_option_is_found_among_others),
		cmocka_unit_test(a_list_without_the_option_is_sound),
		cmocka_unit_test(nothing_behind_the_end_is_read),
		cmocka_unit_test(the_first_option_wins_and_others_are_counted),
		cmocka_unit_test(a_broken_list_is_malformed),
		cmocka_unit_test(a_broken_tail_does_not_unmake_what_was_found),
		cmocka_unit_test(a_kind_with_another_length_is_told_apart),
		cmocka_unit_test(a_kind_can_have_several_formats),
		cmocka_unit_test(options_beside_a_client_are_found_on_both_sides_of_it),
		cmocka_unit_test(a_fast_open_cookie_on_a_syn_is_no_client),
		cmocka_unit_test(each_field_is_within_its_option),
		cmocka_unit_test(each_vendor_can_be_set_alone),
		cmocka_unit_test(a_setting_is_a_list_of_words),
		cmocka_unit_test(a_wrong_setting_is_refused_with_the_reason),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(every_list_of_three_bytes_is_read_as_the_model_does),
		cmocka_unit_test(every_list_of_up_to_eight_telling_bytes_is_read_as_the_model_does),
		cmocka_unit_test(a_header_says_how_many_options_it_has),
		cmocka_unit_test(random_lists_are_read_as_the_model_does),
	};

	return cmocka_run_group_tests_name("option parser", tests, NULL, NULL);
}
