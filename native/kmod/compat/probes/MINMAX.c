// SPDX-License-Identifier: GPL-2.0-only
/* min and max have a header of their own (5.10). */
#include <linux/minmax.h>
