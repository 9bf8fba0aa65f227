/* A thread that sends and one that receives. Packet i has its time, start + i / rate, and a place in a ring where both note what became of it. */
#include "tests/bench/rig.h"

#include <errno.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/clock.h"

#define RING (1u << 22)                  /* packets that are remembered: three minutes of 20,000 a second */
#define BURST 64                         /* at most at once; more only when it was kept from running */
#define PORT 20000
#define FLOWS_MAX 4096
#define ARRIVE_US 300000                 /* what has not come by then is lost */

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	uint8_t seq[8];
	uint8_t rest[28];                /* 64 bytes in all */
};

struct flows {
	struct flows_config cfg;
	int out, in;
	struct in_addr from;
	pthread_t sender, receiver;
	bool running;
	atomic_bool stop;
	atomic_uint_fast64_t next;       /* number of the next packet */
	atomic_uint_fast64_t reordered, refused;
	atomic_int_fast64_t late;        /* since the mark */
	uint64_t marked, reordered_then, refused_then;
	uint64_t highest[FLOWS_MAX];     /* received; of each flow, plus one */
	int64_t *sent_at;
	_Atomic uint8_t *received;       /* how many times */
};

static void packet_fill(const struct flows *f, struct packet *p, uint64_t seq)
{
	*p = (struct packet){
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .tot_len = htons(sizeof(*p)),
			.saddr = f->from.s_addr, .daddr = f->cfg.to.s_addr },
		.udp = { .source = htons((uint16_t)(PORT + seq % f->cfg.flows)), .dest = htons(PORT), .len = htons(sizeof(*p) - sizeof(p->ip)) },
	};
	memcpy(p->seq, &seq, sizeof(seq));
}

/* Packets that are due now, BURST of them at most. */
static void send_due(struct flows *f, uint64_t first, unsigned n, int64_t now)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = f->cfg.to };
	struct packet packets[BURST];
	struct iovec iov[BURST];
	struct mmsghdr msgs[BURST];
	unsigned done = 0;

	for (unsigned i = 0; i < n; i++) {
		packet_fill(f, &packets[i], first + i);
		iov[i] = (struct iovec){ &packets[i], sizeof(packets[i]) };
		msgs[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = (void *)&to, .msg_namelen = sizeof(to), .msg_iov = &iov[i], .msg_iovlen = 1 } };
		f->sent_at[(first + i) % RING] = now;
		atomic_store(&f->received[(first + i) % RING], 0);
	}
	atomic_store(&f->next, first + n);
	while (done < n) {
		int r = sendmmsg(f->out, msgs + done, n - done, 0);

		if (r <= 0)
			atomic_fetch_add(&f->refused, 1);
		done += r <= 0 ? 1 : (unsigned)r;
	}
}

static void *sender(void *ctx)
{
	struct flows *f = ctx;
	int64_t start = clock_us(), due = start;
	uint64_t first = 0;

	while (!atomic_load(&f->stop)) {
		struct timespec at;
		int64_t now, late;
		uint64_t until;

		due += f->cfg.tick_us;
		at = (struct timespec){ due / 1000000, due % 1000000 * 1000 };
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		now = clock_us();
		until = (uint64_t)(now - start) * f->cfg.rate / 1000000;
		late = now - due;
		if (late > atomic_load(&f->late))
			atomic_store(&f->late, late);
		while (first < until) {
			unsigned n = until - first < BURST ? (unsigned)(until - first) : BURST;

			send_due(f, first, n, clock_us());
			first += n;
		}
		if (late > (int64_t)f->cfg.tick_us)
			due = now;
	}
	return NULL;
}

static void take(struct flows *f, const uint8_t *p, size_t n)
{
	uint64_t seq, *highest;

	if (n < sizeof(seq))
		return;
	memcpy(&seq, p, sizeof(seq));
	if (seq >= atomic_load(&f->next))
		return;
	highest = &f->highest[seq % f->cfg.flows];
	atomic_fetch_add(&f->received[seq % RING], 1);
	if (seq + 1 < *highest)
		atomic_fetch_add(&f->reordered, 1);
	else
		*highest = seq + 1;
}

static void *receiver(void *ctx)
{
	struct flows *f = ctx;
	uint8_t bytes[BURST][64];
	struct iovec iov[BURST];
	struct mmsghdr msgs[BURST];

	while (!atomic_load(&f->stop)) {
		int n;

		for (unsigned i = 0; i < BURST; i++) {
			iov[i] = (struct iovec){ bytes[i], sizeof(bytes[i]) };
			msgs[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[i], .msg_iovlen = 1 } };
		}
		n = recvmmsg(f->in, msgs, BURST, MSG_WAITFORONE, NULL);
		for (int i = 0; i < n; i++)
			take(f, bytes[i], msgs[i].msg_len);
	}
	return NULL;
}

/* Exact whatever else the machine does. Not everybody may: then flows_report.late_us tells how exact it was. */
static void hurry(pthread_t thread)
{
	pthread_setschedparam(thread, SCHED_FIFO, &(struct sched_param){ .sched_priority = 2 });
}

static int sockets_open(struct flows *f)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = f->cfg.to, .sin_port = htons(PORT) };
	const struct timeval patience = { .tv_usec = 100000 };
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	int size = 64 << 20, probe = rig_socket(f->cfg.sender, AF_INET, SOCK_DGRAM, 0), r;

	if (probe < 0)
		return probe;
	r = connect(probe, (const struct sockaddr *)&to, sizeof(to)) < 0 || getsockname(probe, (struct sockaddr *)&from, &len) < 0 ? -errno : 0;
	close(probe);
	if (r < 0)
		return r;
	f->from = from.sin_addr;
	f->out = rig_socket(f->cfg.sender, AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (f->out < 0)
		return f->out;
	f->in = rig_socket(f->cfg.receiver, AF_INET, SOCK_DGRAM, 0);
	if (f->in < 0)
		return f->in;
	if (setsockopt(f->in, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(f->in, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));   /* an ordinary user: as much as there is */
	setsockopt(f->in, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return bind(f->in, (const struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static int threads_start(struct flows *f)
{
	int r = -pthread_create(&f->receiver, NULL, receiver, f);

	if (r < 0)
		return r;
	r = -pthread_create(&f->sender, NULL, sender, f);
	if (r < 0) {
		atomic_store(&f->stop, true);
		pthread_join(f->receiver, NULL);
		return r;
	}
	f->running = true;
	hurry(f->receiver);
	hurry(f->sender);
	return 0;
}

int flows_new(struct flows **ret, const struct flows_config *cfg)
{
	struct flows *f;
	int r;

	if (!cfg->flows || cfg->flows > FLOWS_MAX || !cfg->rate || !cfg->tick_us)
		return -EINVAL;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->cfg = *cfg;
	f->out = f->in = -1;
	f->sent_at = calloc(RING, sizeof(*f->sent_at));
	f->received = calloc(RING, sizeof(*f->received));
	r = f->sent_at && f->received ? sockets_open(f) : -ENOMEM;
	if (r == 0)
		r = threads_start(f);
	if (r < 0)
		flows_free(f);
	else
		*ret = f;
	return r;
}

void flows_free(struct flows *f)
{
	if (!f)
		return;
	atomic_store(&f->stop, true);
	if (f->running) {
		pthread_join(f->sender, NULL);
		pthread_join(f->receiver, NULL);
	}
	if (f->out >= 0)
		close(f->out);
	if (f->in >= 0)
		close(f->in);
	free(f->sent_at);
	free(f->received);
	free(f);
}

void flows_mark(struct flows *f)
{
	f->marked = atomic_load(&f->next);
	f->reordered_then = atomic_load(&f->reordered);
	f->refused_then = atomic_load(&f->refused);
	atomic_store(&f->late, 0);
}

void flows_report(struct flows *f, struct flows_report *ret)
{
	uint64_t until = atomic_load(&f->next);
	unsigned *lost = calloc(f->cfg.flows, sizeof(*lost));

	*ret = (struct flows_report){ .sent = until - f->marked };
	usleep(ARRIVE_US);
	for (uint64_t seq = f->marked; lost && seq < until; seq++) {
		uint8_t times = atomic_load(&f->received[seq % RING]);
		unsigned *mine = &lost[seq % f->cfg.flows];

		ret->duplicated += times > 1;
		if (times)
			continue;
		ret->lost++;
		ret->flows_hit += ++*mine == 1;
		ret->worst = *mine > ret->worst ? *mine : ret->worst;
		ret->last_lost = f->sent_at[seq % RING];
		if (!ret->first_lost)
			ret->first_lost = ret->last_lost;
	}
	free(lost);
	ret->reordered = atomic_load(&f->reordered) - f->reordered_then;
	ret->refused = atomic_load(&f->refused) - f->refused_then;
	ret->late_us = atomic_load(&f->late);
}
