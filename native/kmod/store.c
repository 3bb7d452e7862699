// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of an entry: toa_store_set takes a spare one of this CPU, or allocates it, and
 * adds it to the bucket of its socket. toa_store_get and toa_store_walk read it. When the
 * socket ends, toa_store_remove takes it from the bucket, and it is a spare again, or free.
 *
 * Only the owner of a socket adds or removes its entry: the handshake that created the
 * socket, or its destructor. So an entry that was found for a socket stays, as long as the
 * caller holds the socket. The memory of the others in its bucket can become an entry of
 * another socket at any time, in another bucket, too. It stays an entry for a grace period
 * after it was freed (SLAB_TYPESAFE_BY_RCU), so a reader never follows a foreign pointer. Each
 * list ends with the number of its bucket: a reader that arrives at another number has left
 * its bucket, and starts again.
 *
 * Not rhashtable: it resizes in a workqueue and can refuse an insertion during that time, and
 * its walks miss and repeat entries.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/rculist.h>		/* rculist_nulls.h before 6.12 uses its hlist_next_rcu */
#include <linux/rculist_nulls.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <net/sock.h>

#include "compat/memory.h"
#include "compat/socket.h"
#include "faults.h"
#include "stats.h"
#include "store.h"

struct toa_entry {
	struct hlist_nulls_node node;
	union {
		const struct sock *sk;		/* the key: not a reference, never followed */
		struct toa_entry *next_spare;	/* differs from every socket's address */
	};
	u32 place;				/* in its bucket: larger than those before it */
	struct toa_connection connection;
};

/* One per CPU, accessed with interrupts off. An allocation would be most of the cost here. */
struct toa_spares {
	struct toa_entry *first;
	unsigned int count;
};

#define MOST_SPARES 64

static DEFINE_PER_CPU(struct toa_spares, toa_spares);

/* Not __ro_after_init: kmemleak does not look there, and would report the table. */
static struct kmem_cache *entry_cache __read_mostly;
struct toa_bucket *toa_buckets __read_mostly;
unsigned int toa_bucket_bits __read_mostly;

/* The entry of a socket that the caller holds. */
static struct toa_entry *find(const struct sock *sk)
{
	const struct toa_bucket *bucket = toa_bucket_of(sk);
	struct hlist_nulls_node *node;
	struct toa_entry *entry;

	rcu_read_lock();
	do {
		hlist_nulls_for_each_entry_rcu(entry, node, &bucket->entries, node)
			if (READ_ONCE(entry->sk) == sk)
				goto found;
	} while (get_nulls_value(node) != bucket - toa_buckets);
	entry = NULL;
found:
	rcu_read_unlock();
	return entry;
}

static struct toa_entry *entry_alloc(void)
{
	struct toa_spares *spares;
	struct toa_entry *entry;
	unsigned long flags;

	if (toa_fault_allocation())
		return NULL;
	local_irq_save(flags);
	spares = this_cpu_ptr(&toa_spares);
	entry = spares->first;
	if (entry) {
		spares->first = entry->next_spare;
		spares->count--;
	}
	local_irq_restore(flags);
	return entry ? entry : kmem_cache_alloc(entry_cache, GFP_ATOMIC | __GFP_NOWARN);
}

static void entry_free(struct toa_entry *entry)
{
	struct toa_spares *spares;
	unsigned long flags;
	bool kept;

	local_irq_save(flags);
	spares = this_cpu_ptr(&toa_spares);
	kept = spares->count < MOST_SPARES;
	if (kept) {
		/* Readers may still compare it, and follow its node. */
		WRITE_ONCE(entry->next_spare, spares->first);
		spares->first = entry;
		spares->count++;
	}
	local_irq_restore(flags);
	if (!kept)
		kmem_cache_free(entry_cache, entry);
}

bool toa_store_set(struct sock *sk, const struct toa_client *client)
{
	struct toa_bucket *bucket = toa_bucket_of(sk);
	struct toa_entry *entry = entry_alloc();
	unsigned long flags;

	if (!entry)
		return false;
	WRITE_ONCE(entry->sk, sk);
	entry->connection.net = sock_net(sk);
	entry->connection.flow = toa_flow_of(sk);
	entry->connection.client = *client;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	entry->place = --bucket->first_place;
	hlist_nulls_add_head_rcu(&entry->node, &bucket->entries);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);

	toa_count(sock_net(sk), client->ipv4 ? TOA_MIB_IP4_ADDRESS_ALLOC :
					       TOA_MIB_IP6_ADDRESS_ALLOC);
	return true;
}

void toa_store_remove(const struct sock *sk)
{
	struct toa_bucket *bucket = toa_bucket_of(sk);
	struct toa_entry *entry;
	unsigned long flags;

	if (toa_bucket_is_empty(bucket))
		return;
	entry = find(sk);
	if (!entry)
		return;
	raw_spin_lock_irqsave(&bucket->lock, flags);
	hlist_nulls_del_rcu(&entry->node);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	/* In the namespace of this socket: that of the entry may be gone, if its end was missed. */
	if (toa_socket_holds_net(sk))
		toa_count(sock_net(sk), entry->connection.client.ipv4 ? TOA_MIB_IP4_ADDRESS_FREE :
									TOA_MIB_IP6_ADDRESS_FREE);
	entry_free(entry);
}

const struct toa_connection *toa_store_lookup(const struct sock *sk)
{
	const struct toa_entry *entry = find(sk);

	return entry && entry->connection.net == sock_net(sk) &&
	       toa_flow_is_of(&entry->connection.flow, sk) ? &entry->connection : NULL;
}

/*
 * A position is a bucket's number, and in its low half a place in the bucket. An entry keeps
 * its place, whatever comes or goes before it; only after 2^32 entries do a bucket's places
 * begin again, and a walk may then miss some.
 */
static loff_t position_of(u32 bucket, u32 place)
{
	return (loff_t)bucket << 32 | place;
}

static bool walk_bucket(u32 number, u32 *place, const struct net *net,
			struct toa_connection *connection)
{
	struct toa_bucket *bucket = &toa_buckets[number];
	const struct hlist_nulls_node *node;
	const struct toa_entry *entry;
	unsigned long flags;
	bool found = false;

	if (toa_bucket_is_empty(bucket))
		return false;
	raw_spin_lock_irqsave(&bucket->lock, flags);
	hlist_nulls_for_each_entry(entry, node, &bucket->entries, node) {
		if (entry->place < *place || entry->connection.net != net)
			continue;
		*place = entry->place;
		*connection = entry->connection;
		found = true;
		break;
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return found;
}

bool toa_store_walk(loff_t *position, const struct net *net, struct toa_connection *connection)
{
	u32 bucket, place = lower_32_bits(*position);

	for (bucket = upper_32_bits(*position); bucket < 1U << toa_bucket_bits; bucket++) {
		if (walk_bucket(bucket, &place, net, connection)) {
			*position = position_of(bucket, place);
			return true;
		}
		place = 0;
		cond_resched();
	}
	*position = position_of(bucket, place);
	return false;
}

/* As many buckets as the kernel's own table of connections gets: one for 128 KiB of memory. */
static unsigned int size_bits(void)
{
	if (toa_fault_few_buckets())
		return 1;
	return clamp_t(unsigned int, ilog2(totalram_pages() >> (17 - PAGE_SHIFT)), 10, 20);
}

int toa_store_init(void)
{
	char name[32];
	unsigned int i;

	/* From 6.0 to 6.11, the cache of an unloaded module keeps its name for a while. */
	snprintf(name, sizeof(name), "toa_entry_%lx", jiffies);
	entry_cache = kmem_cache_create(name, sizeof(struct toa_entry),
					__alignof__(struct toa_entry), SLAB_TYPESAFE_BY_RCU, NULL);
	if (!entry_cache)
		return -ENOMEM;
	toa_bucket_bits = size_bits();
	toa_buckets = kvcalloc(1U << toa_bucket_bits, sizeof(*toa_buckets), GFP_KERNEL);
	if (!toa_buckets) {
		kmem_cache_destroy(entry_cache);
		return -ENOMEM;
	}
	for (i = 0; i < 1U << toa_bucket_bits; i++) {
		raw_spin_lock_init(&toa_buckets[i].lock);
		INIT_HLIST_NULLS_HEAD(&toa_buckets[i].entries, i);
	}
	return 0;
}

static void free_bucket(struct toa_bucket *bucket)
{
	struct hlist_nulls_node *node = bucket->entries.first, *next;

	for (; !is_a_nulls(node); node = next) {
		next = node->next;
		kmem_cache_free(entry_cache, hlist_nulls_entry(node, struct toa_entry, node));
	}
}

static void free_spares(struct toa_spares *spares)
{
	struct toa_entry *entry = spares->first, *next;

	for (; entry; entry = next) {
		next = entry->next_spare;
		kmem_cache_free(entry_cache, entry);
	}
}

void toa_store_exit(void)
{
	unsigned int i;
	int cpu;

	for (i = 0; i < 1U << toa_bucket_bits; i++)
		free_bucket(&toa_buckets[i]);
	for_each_possible_cpu(cpu)
		free_spares(per_cpu_ptr(&toa_spares, cpu));
	kvfree(toa_buckets);
	/* The kernel waits for the RCU callbacks of its pages. None is code of this module. */
	kmem_cache_destroy(entry_cache);
}
