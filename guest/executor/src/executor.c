// SPDX-License-Identifier: GPL-2.0-only
/*
 * The executor is the process that goes into the kernel: it does the system calls
 * that run code of a module. The harness gives it orders over a port of its
 * own, and gets each answer with all that the kernel logged until then.
 *
 * It is what insmod is to a kernel: a program with one thread, which does one
 * thing after the other. When code of a module kills it, nothing else goes
 * with it, and its parent, the agent, tells how it died. And it is small,
 * because an emulator translates each instruction that it meets for the first
 * time, in every clone anew: the runtime of a larger language would cost a case
 * more than what the case is about.
 *
 * The agent starts it with its descriptors open, and says on which CPU and how
 * urgently it runs.
 */
#include "system.h"
#include "wire.h"

enum {
	PORT = 3,	/* orders come in, answers go out */
	KMSG = 4,	/* /dev/kmsg, opened with O_NONBLOCK */
};

enum { HUNG_UP = 0, NO_PORT = 1, NO_ORDER = 2, NO_LOG = 3 };	/* exit status */

/* None of this costs memory before it is used. */
static unsigned char in[PREFIX + MAX_HEADER + MAX_BLOB];
static unsigned char out[256 << 10];
static size_t pending;		/* bytes in out */
static char output[MAX_OUTPUT];

static void read_port(unsigned char *to, size_t n)
{
	while (n) {
		long got = call(NR_READ, PORT, (long)to, n, 0);

		if (got == -EINTR)
			continue;
		if (got <= 0)
			die(got ? NO_PORT : HUNG_UP);
		to += got;
		n -= got;
	}
}

static void flush(void)
{
	if (write_all(PORT, out, pending))
		die(NO_PORT);
	pending = 0;
}

/* Returns where n bytes can be put; pending is moved by whoever puts them. */
static unsigned char *room(size_t n)
{
	if (sizeof(out) - pending < n)
		flush();
	return out + pending;
}

static void put_prefix(unsigned char *b, uint32_t header, uint32_t blob)
{
	put_word(b, MAGIC);
	put_word(b + 4, header);
	put_word(b + 8, blob);
}

/* Sends what the kernel has logged since the last time. */
static void drain(void)
{
	for (;;) {
		unsigned char *b = room(PREFIX + 1 + MAX_RECORD);
		long n = call(NR_READ, KMSG, (long)(b + PREFIX + 1), MAX_RECORD, 0);

		switch (n) {
		case -EINTR:
			continue;
		case -EAGAIN:
			return;
		case -EPIPE:	/* overwritten; the next read goes on with the oldest there is */
			b[PREFIX] = KIND_LOST;
			n = 0;
			break;
		default:
			if (n <= 0)
				die(NO_LOG);
			b[PREFIX] = KIND_RECORD;
		}
		put_prefix(b, 1, n);
		pending += PREFIX + 1 + n;
	}
}

/* Sends the log, and the answer behind it, in one write if they are short: each
 * is a trip out of the guest.
 */
static void send(const struct answer *a)
{
	enum { LONGEST = 64 };	/* of an answer's header */
	unsigned char *b, *end;

	drain();
	b = room(PREFIX + LONGEST);
	end = put_answer(b + PREFIX, a);
	put_prefix(b, end - b - PREFIX, a->blob_size);
	pending += end - b;
	if (a->blob_size <= sizeof(out) - pending) {
		memcpy(out + pending, a->blob, a->blob_size);
		pending += a->blob_size;
	} else {
		flush();
		if (write_all(PORT, a->blob, a->blob_size))
			die(NO_PORT);
	}
	flush();
}

/* Waits for the next order. */
static void receive(struct order *o)
{
	uint32_t header, blob;

	read_port(in, PREFIX);
	header = get_word(in + 4);
	blob = get_word(in + 8);
	if (get_word(in) != MAGIC || header > MAX_HEADER || blob > MAX_BLOB)
		die(NO_ORDER);
	read_port(in + PREFIX, header + blob);
	o->blob = (char *)in + PREFIX + header;
	o->blob_size = blob;
	if (!parse_order((struct header){ in + PREFIX, in + PREFIX + header }, o))
		die(NO_ORDER);
}

/* Gives the task the name it would have in a session by executor, so that a module
 * or an oops that prints it prints the same here.
 */
static void rename(const char *comm)
{
	enum { PR_SET_NAME = 15 };

	call(NR_PRCTL, PR_SET_NAME, (long)comm, 0, 0);
}

/* Reads at most MAX_OUTPUT bytes of a file. */
static long read_file(const char *path, struct answer *a)
{
	/* A file of /proc/sys takes as much memory as is asked of it. */
	enum { PIECE = 16 << 10 };
	long fd = call(NR_OPENAT, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0);
	long n;

	if (fd < 0)
		return fd;
	do {
		size_t left = sizeof(output) - a->blob_size;

		n = call(NR_READ, fd, (long)(output + a->blob_size),
			 left < PIECE ? left : PIECE, 0);
		if (n > 0)
			a->blob_size += n;
	} while (n > 0 || n == -EINTR);
	a->blob = output;
	call(NR_CLOSE, fd, 0, 0, 0);
	return n;
}

static long write_file(const struct order *o)
{
	const int how = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	long fd = call(NR_OPENAT, AT_FDCWD, (long)o->path.at, how, o->mode);
	long err, closed;

	if (fd < 0)
		return fd;
	err = write_all(fd, o->blob, o->blob_size);
	closed = call(NR_CLOSE, fd, 0, 0, 0);
	return err ? err : closed;
}

static int is(struct text t, const char *word, size_t n)
{
	return t.size == n && !memcmp(t.at, word, n);
}

#define IS(verb, word) is(verb, word, sizeof(word) - 1)

/* Does what the order says. Returns what the system call returned. */
static long work(const struct order *o, struct answer *a)
{
	if (IS(o->verb, "insert")) {
		rename("insmod");
		/* init_module, which takes the image from memory, and once only:
		 * a tool that tries again in another way runs a failing init
		 * twice.
		 */
		return call(NR_INIT_MODULE, (long)o->blob, o->blob_size, (long)o->params.at, 0);
	}
	if (IS(o->verb, "remove")) {
		rename("rmmod");
		return call(NR_DELETE_MODULE, (long)o->name.at, o->flags, 0, 0);
	}
	if (IS(o->verb, "read")) {
		rename("cat");
		return read_file(o->path.at, a);
	}
	if (IS(o->verb, "write")) {
		rename("tee");
		return write_file(o);
	}
	if (!IS(o->verb, "settle"))
		die(NO_ORDER);
	return 0;
}

static long now(void)
{
	enum { CLOCK_MONOTONIC = 1 };
	long t[2];

	call(NR_CLOCK_GETTIME, CLOCK_MONOTONIC, (long)t, 0, 0);
	return t[0] * 1000000000 + t[1];
}

_Noreturn void executor(void)
{
	enum { SIG_BLOCK = 0 };
	uint64_t all = ~0ull;

	/* No signal may end a module's interruptible sleep. */
	call(NR_RT_SIGPROCMASK, SIG_BLOCK, (long)&all, 0, sizeof(all));
	for (;;) {
		struct order o;
		struct answer a = { 0 };
		long begin, ret;

		receive(&o);
		begin = now();
		ret = work(&o, &a);
		a.elapsed = now() - begin;
		a.id = o.id;
		a.errno = ret < 0 ? -ret : 0;
		send(&a);
	}
}

__asm__(".globl _start\n_start:\n\t" START);
