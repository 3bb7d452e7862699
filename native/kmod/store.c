// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The life of an entry:
 *
 *   born       toa_store_add takes a spare entry of this CPU, or allocates one, and adds it to the
 *              bucket of its socket
 *   looked up  toa_store_get finds it for its socket, and toa_store_walk for /proc/net/toa_table
 *   forgotten  toa_store_remove takes it from its bucket when the socket ends
 *   freed      it becomes a spare entry again, or toa_store_free_surplus frees it
 *
 * Only the owner of a socket adds or removes its entry: the handshake that created the socket, or
 * its destructor. So an entry that was found for a socket stays, as long as the caller holds the
 * socket. If the hooks were off when a socket ended, its entry stays behind, until another socket
 * at its address is created or destroyed. toa_store_get does not return it: it compares the
 * connection.
 *
 * Readers take no lock. The other entries in a bucket can become entries of other buckets at any
 * time. They stay entries for a grace period after they were freed (SLAB_TYPESAFE_BY_RCU), so a
 * reader never follows a foreign pointer. Each list ends with the number of its bucket: a reader
 * that arrives at another number has left its bucket, and starts again.
 *
 * Locks: a bucket's lock protects its list against other writers. It is raw, and interrupts are
 * off, because a socket can be destroyed in any context but an NMI, on PREEMPT_RT too. The spare
 * entries of a CPU are used with interrupts off. No lock is taken within another one.
 *
 * Not rhashtable: it resizes in a workqueue and can refuse an insertion during that time, and its
 * walks miss and repeat entries.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/llist.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/rculist.h>		/* rculist_nulls.h before 6.12 uses its hlist_next_rcu */
#include <linux/rculist_nulls.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#include "compat/memory.h"
#include "compat/rcu.h"
#include "compat/socket.h"
#include "counters.h"
#include "faults.h"
#include "steps.h"
#include "store.h"

struct toa_entry {
	struct hlist_nulls_node node;
	union {
		const struct sock *sk;		/* the key: not a reference, never followed */
		struct llist_node unused;	/* its pointer differs from every key */
	};
	struct toa_connection connection;
};

/* One per CPU. An allocation would be most of the cost of an entry. */
struct toa_spares {
	struct llist_node *first;
	unsigned int count;
};

#define TOA_MOST_SPARES 64

static DEFINE_PER_CPU(struct toa_spares, toa_store_spares);

/* Entries that no CPU keeps. An ftrace callback cannot free: PREEMPT_RT may have to sleep then. */
static LLIST_HEAD(toa_store_surplus);

/* Not __ro_after_init: kmemleak does not look there, and would report the table. */
static struct kmem_cache *toa_store_cache __read_mostly;
struct toa_bucket *toa_store_buckets __read_mostly;
unsigned int toa_store_bits __read_mostly;

static void toa_store_free_list(struct llist_node *node)
{
	struct llist_node *next;

	for (; node; node = next) {
		next = node->next;
		kmem_cache_free(toa_store_cache, llist_entry(node, struct toa_entry, unused));
		cond_resched();
	}
}

static void toa_store_free_surplus(struct work_struct *work)
{
	toa_store_free_list(llist_del_all(&toa_store_surplus));
}

static DECLARE_WORK(toa_store_surplus_work, toa_store_free_surplus);

/* With interrupts off. */
static struct toa_entry *toa_store_take_spare(void)
{
	struct toa_spares *spares = this_cpu_ptr(&toa_store_spares);
	struct llist_node *first = spares->first;

	if (!first)
		return NULL;
	spares->first = first->next;
	spares->count--;
	return llist_entry(first, struct toa_entry, unused);
}

/* With interrupts off. Readers may still compare its key, and follow its node. */
static void toa_store_put_spare(struct toa_entry *entry)
{
	struct toa_spares *spares = this_cpu_ptr(&toa_store_spares);

	if (spares->count < TOA_MOST_SPARES) {
		WRITE_ONCE(entry->unused.next, spares->first);
		spares->first = &entry->unused;
		spares->count++;
	} else if (llist_add(&entry->unused, &toa_store_surplus)) {
		schedule_work(&toa_store_surplus_work);
	}
}

/**
 * toa_store_add() - stores the client of a new connection
 * @sk: its socket, for which nothing is stored. Nobody else uses it yet.
 * @connection: what to store
 *
 * Return: false if there is no memory.
 */
bool toa_store_add(struct sock *sk, const struct toa_connection *connection)
{
	struct toa_bucket *bucket = toa_store_bucket(sk);
	struct toa_entry *entry;
	unsigned long flags;

	toa_socket_assert_owned(sk);
	if (toa_fault_allocation())
		return false;
	local_irq_save(flags);
	entry = toa_store_take_spare();
	if (!entry) {
		local_irq_restore(flags);
		entry = kmem_cache_alloc(toa_store_cache, GFP_ATOMIC | __GFP_NOWARN);
		if (!entry)
			return false;
		local_irq_save(flags);
	}
	WRITE_ONCE(entry->sk, sk);
	entry->connection = *connection;

	raw_spin_lock(&bucket->lock);
	entry->connection.place = --bucket->first_place;
	hlist_nulls_add_head_rcu(&entry->node, &bucket->entries);
	raw_spin_unlock(&bucket->lock);
	local_irq_restore(flags);
	return true;
}

/* Takes the entry of a socket from its bucket, or returns NULL. With interrupts off. */
static struct toa_entry *toa_store_unlink(struct toa_bucket *bucket, const struct sock *sk)
{
	struct hlist_nulls_node *node;
	struct toa_entry *entry;

	raw_spin_lock(&bucket->lock);
	hlist_nulls_for_each_entry(entry, node, &bucket->entries, node) {
		if (entry->sk == sk) {
			hlist_nulls_del_rcu(&entry->node);
			goto found;
		}
	}
	entry = NULL;
found:
	raw_spin_unlock(&bucket->lock);
	return entry;
}

/* Not in a namespace that is gone, if the end of an earlier socket was missed. */
static void toa_store_count_end(const struct toa_connection *connection, const struct sock *sk)
{
	if (toa_socket_holds_net(sk) && connection->net_id == toa_net_id(sock_net(sk)))
		toa_counters_add(toa_store_counters(connection, sk),
				 connection->client.ipv4 ? TOA_MIB_IP4_ADDRESS_FREE :
							   TOA_MIB_IP6_ADDRESS_FREE);
}

/* The part of toa_store_remove for buckets that are not empty. */
void toa_store_remove_from(struct toa_bucket *bucket, const struct sock *sk)
{
	struct toa_entry *entry;
	unsigned long flags;

	local_irq_save(flags);
	entry = toa_store_unlink(bucket, sk);
	if (entry) {
		toa_store_count_end(&entry->connection, sk);
		toa_store_put_spare(entry);
	}
	local_irq_restore(flags);
}

/* The part of toa_store_get for buckets that are not empty. */
const struct toa_connection *toa_store_get_from(const struct toa_bucket *bucket,
						const struct sock *sk)
{
	struct hlist_nulls_node *node;
	const struct toa_entry *entry;

	toa_rcu_read_lock();
	do {
		hlist_nulls_for_each_entry_rcu(entry, node, &bucket->entries, node)
			if (READ_ONCE(entry->sk) == sk)
				goto found;
	} while (get_nulls_value(node) != bucket - toa_store_buckets);
	entry = NULL;
found:
	toa_rcu_read_unlock();
	/* A held socket's entry is not freed. */
	return entry && entry->connection.net_id == toa_net_id(sock_net(sk)) &&
	       toa_flow_is_of(&entry->connection.flow, sk) ? &entry->connection : NULL;
}

/*
 * A position is a bucket's number, and in its low half a place in the bucket. An entry keeps
 * its place, whatever comes or goes before it; only after 2^32 entries do a bucket's places
 * begin again, and a walk may then miss some.
 */
static loff_t toa_store_position(u32 bucket, u32 place)
{
	return (loff_t)bucket << 32 | place;
}

static bool toa_store_walk_bucket(u32 number, u32 *place, u64 net_id,
				  struct toa_connection *connection)
{
	struct toa_bucket *bucket = &toa_store_buckets[number];
	const struct hlist_nulls_node *node;
	const struct toa_entry *entry;
	unsigned long flags;
	bool found = false;

	if (toa_store_bucket_is_empty(bucket))
		return false;
	raw_spin_lock_irqsave(&bucket->lock, flags);
	hlist_nulls_for_each_entry(entry, node, &bucket->entries, node) {
		if (entry->connection.place < *place || entry->connection.net_id != net_id)
			continue;
		*place = entry->connection.place;
		*connection = entry->connection;
		found = true;
		break;
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return found;
}

/**
 * toa_store_walk() - goes through the connections of a network namespace
 * @position: where to begin, 1 for all; set to where the connection is. Adding 1 goes on to the
 *            next.
 * @net_id: its number, of toa_net_id
 * @connection: filled with a copy
 *
 * What comes and goes meanwhile may be missed; what stays is seen, once. May sleep.
 *
 * Return: false if no connection is at or behind the position.
 */
bool toa_store_walk(loff_t *position, u64 net_id, struct toa_connection *connection)
{
	u32 bucket, place = lower_32_bits(*position);

	for (bucket = upper_32_bits(*position); bucket < 1U << toa_store_bits; bucket++) {
		if (toa_store_walk_bucket(bucket, &place, net_id, connection)) {
			*position = toa_store_position(bucket, place);
			return true;
		}
		place = 0;
		cond_resched();
	}
	*position = toa_store_position(bucket, place);
	return false;
}

/* As many buckets as the kernel's own table of connections gets: one for 128 KiB of memory. */
static unsigned int toa_store_size_bits(void)
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
	toa_store_cache = kmem_cache_create(name, sizeof(struct toa_entry),
					    __alignof__(struct toa_entry), SLAB_TYPESAFE_BY_RCU,
					    NULL);
	if (!toa_store_cache)
		return -ENOMEM;
	toa_store_bits = toa_store_size_bits();
	toa_store_buckets = kvcalloc(1U << toa_store_bits, sizeof(*toa_store_buckets), GFP_KERNEL);
	if (!toa_store_buckets) {
		kmem_cache_destroy(toa_store_cache);
		return -ENOMEM;
	}
	for (i = 0; i < 1U << toa_store_bits; i++) {
		raw_spin_lock_init(&toa_store_buckets[i].lock);
		INIT_HLIST_NULLS_HEAD(&toa_store_buckets[i].entries, i);
	}
	return 0;
}

static void toa_store_free_bucket(struct toa_bucket *bucket)
{
	struct hlist_nulls_node *node = bucket->entries.first, *next;

	for (; !is_a_nulls(node); node = next) {
		next = node->next;
		kmem_cache_free(toa_store_cache, hlist_nulls_entry(node, struct toa_entry, node));
	}
}

/* After all other code of the module has ended. */
void toa_store_exit(void)
{
	unsigned int i;
	int cpu;

	flush_work(&toa_store_surplus_work);
	for (i = 0; i < 1U << toa_store_bits; i++) {
		toa_store_free_bucket(&toa_store_buckets[i]);
		cond_resched();
	}
	for_each_possible_cpu(cpu)
		toa_store_free_list(per_cpu(toa_store_spares, cpu).first);
	kvfree(toa_store_buckets);
	/* The kernel waits for the RCU callbacks of its pages. None is code of this module. */
	kmem_cache_destroy(toa_store_cache);
}
