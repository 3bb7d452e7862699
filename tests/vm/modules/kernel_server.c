// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Simulates a server in the kernel, such as nfsd: a kernel thread accepts on a listener
 * that a program has created. The program itself loads the module, with listener=FD. The
 * parameter peer then contains the peer that the thread sees.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/net.h>
#include <net/sock.h>

#include "generated.h"

static int listener = -1;
module_param(listener, int, 0444);

static char peer[64] = "none yet";
module_param_string(peer, peer, sizeof(peer), 0444);

static struct socket *sock;
static struct task_struct *server;

static int peer_of(struct socket *accepted, struct sockaddr *name)
{
#ifdef TOA_HAVE_GETNAME_LENGTH_POINTER
	int length;

	return kernel_getpeername(accepted, name, &length);
#else
	return kernel_getpeername(accepted, name);
#endif
}

static int serve(void *unused)
{
	struct sockaddr_storage name = { 0 };
	struct socket *accepted;
	int err = kernel_accept(sock, &accepted, 0);

	if (!err) {
		err = peer_of(accepted, (struct sockaddr *)&name);
		sock_release(accepted);
	}
	if (err < 0)
		snprintf(peer, sizeof(peer), "error %d", err);
	else
		snprintf(peer, sizeof(peer), "%pISpc", &name);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 50);
	return 0;
}

static int __init kernel_server_init(void)
{
	int err;

	sock = sockfd_lookup(listener, &err);
	if (!sock)
		return err;
	server = kthread_run(serve, NULL, "toa_kernel_server");
	if (!IS_ERR(server))
		return 0;
	sockfd_put(sock);
	return PTR_ERR(server);
}

/* Unload only after a connection has arrived: nothing else wakes the thread. */
static void __exit kernel_server_exit(void)
{
	kthread_stop(server);
	sockfd_put(sock);
}

module_init(kernel_server_init);
module_exit(kernel_server_exit);
MODULE_DESCRIPTION("A server in the kernel");
MODULE_LICENSE("GPL");
