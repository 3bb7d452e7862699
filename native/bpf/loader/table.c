// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* toa-bpf table: the connections with a client address, in the format of /proc/net/toa_table. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "toa_format_table.h"

#include "complain.h"
#include "pins.h"
#include "provider.h"
#include "sockets.h"

#define COLUMN	"%-47s "

/* Room for [address]:port. */
#define END_SIZE	(INET6_ADDRSTRLEN + sizeof("[]:65535"))

static void print_end(const struct toa_address *address, __be16 port, FILE *out)
{
	static const struct toa_address unknown;
	char text[INET6_ADDRSTRLEN], end[END_SIZE];
	bool ipv4 = !address->word[0] && !address->word[1] && address->word[2] == htonl(0xffff);

	if (!memcmp(address, &unknown, sizeof(unknown))) {
		fprintf(out, COLUMN, "-");
		return;
	}
	inet_ntop(ipv4 ? AF_INET : AF_INET6, ipv4 ? &address->word[3] : address->word, text, sizeof(text));
	snprintf(end, sizeof(end), ipv4 ? "%s:%u" : "[%s]:%u", text, ntohs(port));
	fprintf(out, COLUMN, end);
}

static void print_connection(const void *value, size_t size, void *context)
{
	struct toa_connection connection;
	FILE *out = context;

	if (size < sizeof(connection))
		return;
	memcpy(&connection, value, sizeof(connection));
	if (!connection.format || connection.format >= TOA_FORMAT_COUNT)
		return;
	print_end(&connection.client, connection.client_port, out);
	print_end(&connection.peer, connection.peer_port, out);
	print_end(&connection.local, connection.local_port, out);
	fprintf(out, "%-4u %-12s ", connection.kind, toa_layouts[connection.format].text);
	print_end(&connection.virtual_addr, connection.virtual_port, out);
	fprintf(out, "%u\n", connection.network_id);
}

static bool walk(FILE *lines)
{
	int held = pins_open(PIN("toa_held"));
	bool done;

	if (held < 0) {
		complain("cannot open %s: %s", PIN("toa_held"), strerror(errno));
		return false;
	}
	done = sockets_walk(held, print_connection, lines);
	close(held);
	return done;
}

/* If the file table is missing. Prints nothing on failure: half a table would look like a whole one. */
static bool print_sockets(FILE *out)
{
	char *text = NULL;
	size_t size = 0;
	FILE *lines = open_memstream(&text, &size);
	bool done = lines && walk(lines);

	if (!lines || fclose(lines)) {
		complain("cannot list the connections: out of memory");
		done = false;
	}
	if (done)
		fprintf(out, COLUMN COLUMN COLUMN "%-4s %-12s " COLUMN "%s\n%s", "client", "transport_peer", "local",
			"kind", "format", "virtual", "network_id", text);
	free(text);
	return done;
}

static bool print_file(FILE *table, FILE *out)
{
	char line[512];

	while (fgets(line, sizeof(line), table))
		fputs(line, out);
	if (!ferror(table))
		return true;
	complain("cannot read %s: %s", PIN("table"), strerror(errno));
	return false;
}

bool provider_print_table(FILE *out)
{
	FILE *table = fopen(PIN("table"), "re");
	bool done;

	if (table) {
		done = print_file(table, out);
		fclose(table);
		return done;
	}
	if (!provider_may_be_seen())
		return false;
	if (!provider_is_loaded()) {
		complain("the provider is not loaded: run toa-bpf load");
		return false;
	}
	return print_sockets(out);
}
