// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kconfig.h>

#include "compat/moduleparam.h"
#include "settings.h"

struct toa_settings toa_settings = {
	.debug = IS_ENABLED(TOA_DEBUG),
};

module_param_named(nat64_getpeername, toa_settings.nat64_getpeername, bool, 0644);
MODULE_PARM_DESC(nat64_getpeername,
		 "accept and getpeername return the IPv6 client of NAT64 on AF_INET6 sockets too (default: N)");
module_param_named(syn, toa_settings.syn, bool, 0644);
MODULE_PARM_DESC(syn,
		 "Read TOA options on the SYN too, if the SYN was saved (TCP_SAVE_SYN) or is the only segment of the handshake (default: N)");
module_param_named(debug, toa_settings.debug, bool, 0644);
MODULE_PARM_DESC(debug,
		 "Log one line for each connection with a TOA option (default: N, or Y if built with DEBUG=1)");
