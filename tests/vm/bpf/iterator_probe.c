/* SPDX-License-Identifier: MIT */
/*
 * Exit status 0 if the kernel loads an iterator, as the eBPF provider's files are. It is a tracing
 * program, but a kernel that refuses other tracing programs, fentry for example, may allow it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

int main(void)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_ITER);
	int target = libbpf_find_vmlinux_btf_id("bpf_map_elem", BPF_TRACE_ITER);

	if (target < 0) {
		printf("no BTF of bpf_iter_bpf_map_elem: %s\n", strerror(-target));
		return 1;
	}
	options.attach_btf_id = target;
	if (bpf_prog_load(BPF_PROG_TYPE_TRACING, "probe", "GPL", program, 2, &options) < 0) {
		printf("%s\n", strerror(errno));
		return 1;
	}
	return 0;
}
