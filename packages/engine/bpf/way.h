/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is found out about a packet on its way out. It has a place of its own on each CPU, because the stack is small. */
#pragma once

#include "lookup.h"
#include "route.h"
#include "tunnel.h"

struct way {
	struct match match;
	struct bpf_fib_lookup fib;
	struct wrapping wrapping;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct way);
} ways SEC(".maps");

/* Never NULL, but the verifier does not know. */
static __always_inline struct way *this_way(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&ways, &zero);
}
