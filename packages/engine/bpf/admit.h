/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who may open a connection to a service: clients by prefix, and how many of one prefix in a while. */
#pragma once

#include "lookup.h"

/* A budget lasts for a window of 2^30 ns. */
#define WINDOW_SHIFT 30

/* Do the prefixes of a filtered service keep the packet's source out? */
static __noinline int is_denied(const struct service_value *service, const struct packet *p)
{
	struct client_key key = { .bits = 8 * (sizeof(key) - sizeof(key.bits)), .service = service->id };
	__u32 *found;

	mapped_address(key.address, p->tuple.source, p->family);
	found = bpf_map_lookup_elem(&clients, &key);
	return found ? *found == CLIENT_DENY : service->flags & SERVICE_FLAG_ALLOW_LISTED;
}

_Static_assert(BUDGET_PREFIX_4 <= 32 && BUDGET_PREFIX_6 > 32 && BUDGET_PREFIX_6 <= 64, "budget_key_of");

static __always_inline void budget_key_of(struct budget_key *key, const struct packet *p)
{
	mapped_address(key->prefix, p->tuple.source, p->family);
	if (p->family == 4) {
		key->prefix[3] &= bpf_htonl(~0u << (32 - BUDGET_PREFIX_4));
	} else {
		key->prefix[1] &= bpf_htonl(~0u << (64 - BUDGET_PREFIX_6));
		key->prefix[2] = key->prefix[3] = 0;
	}
}

/* Take one new connection out of the budget of the packet's source; true if nothing is left of it. */
static __noinline int is_over_budget(const struct packet *p)
{
	__u32 zero = 0, window = bpf_ktime_get_ns() >> WINDOW_SHIFT;
	struct policy *all = bpf_map_lookup_elem(&policy, &zero);
	struct budget first = { .window = window, .used = 1 };
	struct budget_key key;
	struct budget *b;

	if (!all || !all->budget)
		return 0;
	budget_key_of(&key, p);
	b = bpf_map_lookup_elem(&budgets, &key);
	if (!b || READ_ONCE(b->window) != window) {
		bpf_map_update_elem(&budgets, &key, &first, BPF_ANY);
		return 0;
	}
	if (READ_ONCE(b->used) >= all->budget)
		return 1;
	__sync_fetch_and_add(&b->used, 1);
	return 0;
}
