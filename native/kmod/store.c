// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <net/sock.h>

#include "compat/memory.h"
#include "compat/rculist.h"
#include "faults.h"
#include "stats.h"
#include "store.h"

struct toa_entry {
	struct hlist_node node;
	const struct sock *sk;	/* the key; not a reference, never followed */
	const struct net *net;	/* likewise */
	u32 place;		/* in its bucket: larger than those before it */
	struct toa_connection connection;
	struct rcu_head rcu;
};

/*
 * Raw locks with interrupts off: a socket can be freed in any context, on
 * PREEMPT_RT too, and they are held for a few instructions.
 */
struct toa_bucket {
	raw_spinlock_t lock;
	u32 first_place;	/* of the newest entry: counts down, as that is the first */
	struct hlist_head entries;
};

static struct kmem_cache *entry_cache;
static struct toa_bucket *buckets;
static unsigned int bucket_bits;

static struct toa_bucket *bucket_of(const struct sock *sk)
{
	return &buckets[hash_ptr(sk, bucket_bits)];
}

static struct toa_entry *find(const struct toa_bucket *bucket, const struct sock *sk)
{
	struct toa_entry *entry;

	hlist_for_each_entry_rcu(entry, &bucket->entries, node, lockdep_is_held(&bucket->lock))
		if (entry->sk == sk)
			return entry;
	return NULL;
}

static void free_entry(struct rcu_head *rcu)
{
	kmem_cache_free(entry_cache, container_of(rcu, struct toa_entry, rcu));
}

static void discard(struct toa_entry *entry, const struct net *net)
{
	toa_count(net, entry->connection.client.ipv4 ? TOA_MIB_IP4_ADDRESS_FREE :
						       TOA_MIB_IP6_ADDRESS_FREE);
	call_rcu(&entry->rcu, free_entry);
}

bool toa_store_set(struct sock *sk, const struct toa_client *client)
{
	struct toa_bucket *bucket = bucket_of(sk);
	struct toa_entry *entry = NULL, *old;
	unsigned long flags;

	if (!toa_fault_allocation())
		entry = kmem_cache_alloc(entry_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!entry) {
		toa_store_remove(sk);
		return false;
	}
	entry->sk = sk;
	entry->net = sock_net(sk);
	entry->connection.flow = toa_flow_of(sk);
	entry->connection.client = *client;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	old = find(bucket, sk);
	if (old) {
		entry->place = old->place;
		hlist_replace_rcu(&old->node, &entry->node);
	} else {
		entry->place = --bucket->first_place;
		hlist_add_head_rcu(&entry->node, &bucket->entries);
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);

	toa_count(sock_net(sk), client->ipv4 ? TOA_MIB_IP4_ADDRESS_ALLOC :
					       TOA_MIB_IP6_ADDRESS_ALLOC);
	if (old)
		discard(old, sock_net(sk));
	return true;
}

void toa_store_remove(const struct sock *sk)
{
	struct toa_bucket *bucket = bucket_of(sk);
	struct toa_entry *entry;
	unsigned long flags;

	/*
	 * Most sockets were never stored. Nobody else adds or removes this one
	 * meanwhile: it is being born or freed by the caller.
	 */
	rcu_read_lock();
	entry = find(bucket, sk);
	rcu_read_unlock();
	if (!entry)
		return;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	hlist_del_rcu(&entry->node);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	discard(entry, sock_net(sk));
}

bool toa_store_get(const struct sock *sk, struct toa_client *client)
{
	struct toa_entry *entry;
	bool found;

	rcu_read_lock();
	entry = find(bucket_of(sk), sk);
	found = entry && toa_flow_is_of(&entry->connection.flow, sk);
	if (found)
		*client = entry->connection.client;
	rcu_read_unlock();
	return found;
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

static bool walk_bucket(u32 bucket, u32 *place, const struct net *net,
			struct toa_connection *connection)
{
	const struct toa_entry *entry;
	bool found = false;

	rcu_read_lock();
	hlist_for_each_entry_rcu(entry, &buckets[bucket].entries, node) {
		if (entry->place < *place || entry->net != net)
			continue;
		*place = entry->place;
		*connection = entry->connection;
		found = true;
		break;
	}
	rcu_read_unlock();
	return found;
}

bool toa_store_walk(loff_t *position, const struct net *net, struct toa_connection *connection)
{
	u32 bucket, place = lower_32_bits(*position);

	for (bucket = upper_32_bits(*position); bucket < 1U << bucket_bits; bucket++) {
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
	unsigned int i;

	entry_cache = KMEM_CACHE(toa_entry, 0);
	if (!entry_cache)
		return -ENOMEM;
	bucket_bits = size_bits();
	buckets = kvcalloc(1U << bucket_bits, sizeof(*buckets), GFP_KERNEL);
	if (!buckets) {
		kmem_cache_destroy(entry_cache);
		return -ENOMEM;
	}
	for (i = 0; i < 1U << bucket_bits; i++)
		raw_spin_lock_init(&buckets[i].lock);
	return 0;
}

void toa_store_exit(void)
{
	struct hlist_node *next;
	struct toa_entry *entry;
	unsigned int i;

	for (i = 0; i < 1U << bucket_bits; i++)
		hlist_for_each_entry_safe(entry, next, &buckets[i].entries, node)
			kmem_cache_free(entry_cache, entry);
	rcu_barrier();	/* free_entry is code of this module */
	kvfree(buckets);
	kmem_cache_destroy(entry_cache);
}
