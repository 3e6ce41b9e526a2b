/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the wire (package internal/wire) that the executor speaks: it reads
 * orders, and writes answers and records of the kernel log.
 *
 * A frame is a magic number, the lengths of header and blob (big endian, four
 * bytes each), the header and the blob. Numbers in a header are varints, texts
 * have their length in front.
 */
#ifndef WIRE_H
#define WIRE_H

#include "system.h"

enum { KIND_ORDER = 2, KIND_ANSWER = 3, KIND_RECORD = 4, KIND_LOST = 5 };

enum {
	MAGIC = 0x6b6d6f64,
	PREFIX = 12,
	MAX_HEADER = 1 << 20,
	MAX_BLOB = 64 << 20,
	MAX_OUTPUT = 24 << 20,	/* wire.MaxOutput */
	MAX_RECORD = 16 << 10,	/* the kernel refuses a read that is too short for one */
};

struct text {
	char *at;
	uint64_t size;
};

/* An order as it came; its texts end with a null byte. */
struct order {
	uint64_t id;
	struct text verb, name, params, path;
	long flags, mode;
	char *blob;
	uint64_t blob_size;
};

struct answer {
	uint64_t id;
	long errno, elapsed;	/* a positive errno; nanoseconds */
	const char *blob;
	uint64_t blob_size;
};

/* A header that is read, field by field. It ends before a field that would
 * reach beyond it.
 */
struct header {
	unsigned char *at, *end;
};

static inline uint32_t get_word(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}

static inline void put_word(unsigned char *b, uint32_t n)
{
	b[0] = n >> 24;
	b[1] = n >> 16;
	b[2] = n >> 8;
	b[3] = n;
}

static inline uint64_t get_uvarint(struct header *h)
{
	uint64_t n = 0;

	for (int shift = 0; h->at < h->end && shift < 64; shift += 7) {
		unsigned char b = *h->at++;

		n |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return n;
	}
	h->at = h->end;
	return 0;
}

static inline long get_varint(struct header *h)
{
	uint64_t n = get_uvarint(h);

	return (long)(n >> 1) ^ -(long)(n & 1);
}

static inline struct text get_text(struct header *h)
{
	struct text t;

	t.size = get_uvarint(h);
	if (t.size > (uint64_t)(h->end - h->at))
		t.size = 0;
	t.at = (char *)h->at;
	h->at += t.size;
	return t;
}

static inline unsigned char *put_uvarint(unsigned char *b, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		*b++ = n | 0x80;
	*b++ = n;
	return b;
}

static inline unsigned char *put_varint(unsigned char *b, long n)
{
	return put_uvarint(b, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

/* Takes an order out of the header h. False: it is none. */
static inline int parse_order(struct header h, struct order *o)
{
	if (h.at == h.end || *h.at++ != KIND_ORDER)
		return 0;
	o->id = get_uvarint(&h);
	o->verb = get_text(&h);
	o->name = get_text(&h);
	o->params = get_text(&h);
	o->path = get_text(&h);
	o->flags = get_varint(&h);
	o->mode = get_varint(&h);
	/* Behind each text is a field that has been read, so there is room. */
	if (h.at == h.end)
		return 0;
	o->verb.at[o->verb.size] = '\0';
	o->name.at[o->name.size] = '\0';
	o->params.at[o->params.size] = '\0';
	o->path.at[o->path.size] = '\0';
	return 1;
}

/* Writes the header of an answer to b, which has room, and returns its end. */
static inline unsigned char *put_answer(unsigned char *b, const struct answer *a)
{
	*b++ = KIND_ANSWER;
	b = put_uvarint(b, a->id);
	b = put_varint(b, a->errno);
	b = put_varint(b, 0);		/* exit status, of a command */
	b = put_varint(b, a->elapsed);
	b = put_uvarint(b, 0);		/* no problem to tell in words */
	return put_uvarint(b, 0);	/* nor a death */
}

#endif
