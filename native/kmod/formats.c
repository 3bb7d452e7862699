// SPDX-License-Identifier: MIT OR GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tcp.h>

#include "toa_format_setting.h"

#include "compat/moduleparam.h"
#include "compat/rcu.h"
#include "settings.h"
#include "steps.h"

struct toa_formats {
	struct rcu_head rcu;
	struct toa_format_set set;
};

/* Filled by toa_formats_init. */
static struct toa_formats toa_formats_defaults;
static struct toa_formats __rcu *toa_formats = RCU_INITIALIZER(&toa_formats_defaults);

/**
 * toa_formats_scan() - finds TOA options of the formats that are set
 * @th: a TCP header
 * @size: how many bytes of it, with its options, can be read
 * @scan: set to what was found
 */
void toa_formats_scan(const struct tcphdr *th, unsigned int size, struct toa_option_scan *scan)
{
	const unsigned int options_size = toa_option_area((const u8 *)th, size);

	toa_rcu_read_lock();
	*scan = toa_option_scan((const u8 *)(th + 1), options_size, th->syn,
				&toa_rcu_dereference(toa_formats)->set);
	toa_rcu_read_unlock();
}

/**
 * toa_formats_layout() - the layout of a format
 * @format: a number of enum toa_format
 *
 * Return: the layout.
 */
const struct toa_layout *toa_formats_layout(u8 format)
{
	return &toa_layouts[format];
}

static struct toa_formats *toa_formats_for_writing(void)
{
	return rcu_dereference_protected(toa_formats, toa_param_lock_is_held());
}

static int toa_formats_set(const char *value, const struct kernel_param *kp)
{
	struct toa_formats *old = toa_formats_for_writing();
	struct toa_formats *formats = kzalloc(sizeof(*formats), GFP_KERNEL);
	char complaint[TOA_FORMAT_COMPLAINT];

	if (!formats)
		return -ENOMEM;
	if (!toa_format_parse(&formats->set, value, complaint)) {
		pr_err("%s: %s\n", kp->name, complaint);
		kfree(formats);
		return -EINVAL;
	}
	rcu_assign_pointer(toa_formats, formats);
	if (old != &toa_formats_defaults)
		kfree_rcu(old, rcu);
	return 0;
}

static int toa_formats_get(char *buffer, const struct kernel_param *kp)
{
	const struct toa_formats *formats = toa_formats_for_writing();

	/* Programs can read it before toa_formats_init. */
	return scnprintf(buffer, PAGE_SIZE, "%s\n", formats == &toa_formats_defaults ?
			 TOA_FORMATS_DEFAULT : formats->set.text);
}

/* At unload, or when loading fails. No other code runs then. */
static void toa_formats_free(void *unused)
{
	struct toa_formats *formats = rcu_dereference_protected(toa_formats, true);

	RCU_INIT_POINTER(toa_formats, &toa_formats_defaults);
	if (formats != &toa_formats_defaults)
		kfree(formats);
}

/* The parameter may have been set already, at load or through sysfs. */
int toa_formats_init(void)
{
	char complaint[TOA_FORMAT_COMPLAINT];

	return toa_format_parse(&toa_formats_defaults.set, TOA_FORMATS_DEFAULT, complaint) ?
	       0 : -EINVAL;
}

static const struct kernel_param_ops toa_formats_ops = {
	.set = toa_formats_set,
	.get = toa_formats_get,
	.free = toa_formats_free,
};

module_param_cb(formats, &toa_formats_ops, NULL, 0644);
MODULE_PARM_DESC(formats,
		 "Formats of TOA options, comma-separated: vendors such as tencent or huawei, KIND/8 (IPv4), KIND/20 (IPv6) (default: tencent)");
