/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Internet checksums: sums of words as they stand in memory, folded late. */
#pragma once

#include <linux/types.h>

/* To 32 bits, without losing what was carried out of them. */
static __always_inline __u32 fold32(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	return (sum & 0xffffffff) + (sum >> 32);
}

static __always_inline __u16 fold(__u64 sum)
{
	sum = fold32(sum);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* RFC 1624, equation 3: `difference` is the sum of ~old + new. */
static __always_inline __u16 patch_checksum(__u16 checksum, __u32 difference)
{
	return ~fold((__u64)(__u16)~checksum + difference);
}

static __always_inline __u64 sum_words(const __be32 *words, const __u32 count)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < count; i++)
		sum += words[i];
	return sum;
}

/* What replacing `before` by `after` adds to a sum. */
static __always_inline __u64 difference_of(const __be32 *before, const __be32 *after, const __u32 count)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < count; i++)
		sum += (__u64)(__u32)~before[i] + after[i];
	return sum;
}
