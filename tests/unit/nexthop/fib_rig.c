#include "tests/unit/nexthop/fib_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#define PIECE 64                         /* ops per fib_take */
#define TEXT 160

struct rig *rig_new(bool objects, bool via_inet6)
{
	struct rig *r = calloc(1, sizeof(*r));

	cr_assert_not_null(r);
	r->cfg = (struct fib_config){ .objects = objects, .via_inet6 = via_inet6, .on_link = { htonl(0xa9fe0001) }, .src = { htonl(0x0a00fe01) } };
	r->now = (mono){ 1000000 };
	cr_assert_eq(fib_new(&r->fib, &r->cfg), 0);
	fib_sweep(r->fib);               /* nothing was there */
	return r;
}

void rig_free(struct rig *r)
{
	fib_free(r->fib);
	free(r);
}

void rig_restart(struct rig *r)
{
	fib_free(r->fib);
	cr_assert_eq(fib_new(&r->fib, &r->cfg), 0);
	r->seq = 0;
	r->n_groups = 0;
}

struct prefix rig_prefix(const char *s)
{
	struct prefix p;

	cr_assert_eq(prefix_parse(s, &p), 0, "%s", s);
	return p;
}

struct hop rig_hop(uint32_t ifindex)
{
	if (!ifindex)                    /* the blackhole */
		return (struct hop){ .weight = 1 };
	return (struct hop){ .ifindex = ifindex, .via = { { { 0xfe, 0x80, [15] = (uint8_t)ifindex } } }, .weight = 1 };
}

void rig_set(struct rig *r, const char *prefix, const char *text)
{
	struct prefix p = rig_prefix(prefix);
	struct hop hops[FAKE_MEMBERS];
	size_t n = 0;
	char *end;

	for (const char *s = text; *s; s = *end ? end + 1 : end) {
		hops[n] = rig_hop((uint32_t)strtoul(s, &end, 10));
		if (*end == '*')
			hops[n].weight = (uint8_t)strtoul(end + 1, &end, 10);
		n++;
	}
	cr_assert_eq(fib_set(r->fib, &p, hops, n), 0);
}

void rig_del(struct rig *r, const char *prefix)
{
	struct prefix p = rig_prefix(prefix);

	fib_del(r->fib, &p);
}

void rig_neigh(struct rig *r, uint32_t ifindex)
{
	cr_assert_eq(fib_neigh(r->fib, ifindex, (uint8_t[6]){ 2, 0, 0, 0, 0, (uint8_t)ifindex }), 0);
}

void rig_set_range(struct rig *r, unsigned from, unsigned to, const char *hops)
{
	char prefix[32];

	for (unsigned i = from; i < to; i++) {
		snprintf(prefix, sizeof(prefix), "10.1.0.%u/32", i);
		rig_set(r, prefix, hops);
	}
}

void rig_link_lost(struct rig *r, uint32_t ifindex, bool admin)
{
	fake_link_lost(&r->kernel, ifindex, admin);
	fib_link_lost(r->fib, ifindex, admin);
}

static const char *hop_text(const struct hop *h, uint8_t family, bool via_inet6, char *buf)
{
	int n = snprintf(buf, 32, "%u%s", h->ifindex, family == AF_INET6 ? "/6" : via_inet6 || h->direct ? "/via6" : "");

	if (h->weight != 1)
		snprintf(buf + n, 32 - (size_t)n, "*%u", h->weight);
	return buf;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void set_text(const struct fib_op *op, char *buf, size_t size)
{
	char one[FAKE_MEMBERS][32];
	size_t at = 0;

	for (size_t i = 0; i < op->n; i++)
		hop_text(&op->hops[i], op->family, op->via_inet6 && op->kind == FIB_ROUTE_SET, one[i]);
	qsort(one, op->n, sizeof(one[0]), by_text);
	for (size_t i = 0; i < op->n; i++)
		at += (size_t)snprintf(buf + at, size - at, "%c%s", i ? ',' : '{', one[i]);
	snprintf(buf + at, size - at, "}");
}

static const char *group_name(struct rig *r, uint32_t id, bool add, char *buf)
{
	size_t i = 0;

	while (i < r->n_groups && r->groups[i] != id)
		i++;
	if (i == r->n_groups && add && i < 26)
		r->groups[r->n_groups++] = id;
	if (i < r->n_groups)
		snprintf(buf, 16, "%c", (char)('a' + i));
	else
		snprintf(buf, 16, "#%u", id);
	return buf;
}

static void op_text(struct rig *r, const struct fib_op *op, char *buf)
{
	const struct fake_hop *h = fake_hop(&r->kernel, op->id);
	char a[PREFIX_STRLEN], set[96];

	switch (op->kind) {
	case FIB_NEIGH_SET:
	case FIB_NEIGH_DEL:
		snprintf(buf, TEXT, "neigh%c%u%s", op->kind == FIB_NEIGH_SET ? '+' : '-', op->hops[0].ifindex, op->family == AF_INET6 ? "/6" : "");
		break;
	case FIB_HOP_SET:
		snprintf(buf, TEXT, "hop+%s", hop_text(&(struct hop){ .ifindex = op->hops[0].ifindex, .weight = 1, .direct = op->hops[0].direct },
								      op->family, op->via_inet6, a));
		break;
	case FIB_HOP_DEL:
		if (h)
			snprintf(buf, TEXT, "hop-%u%s", h->ifindex, h->family == AF_INET6 ? "/6" : "");
		else
			snprintf(buf, TEXT, "hop-#%u", op->id);
		break;
	case FIB_GROUP_SET:
		set_text(op, set, sizeof(set));
		snprintf(buf, TEXT, "group+%s", set);
		break;
	case FIB_GROUP_DEL:
		snprintf(buf, TEXT, "group-%s", group_name(r, op->id, false, a));
		break;
	case FIB_ROUTE_SET:
		if (op->id)
			group_name(r, op->id, false, set);
		else
			set_text(op, set, sizeof(set));
		snprintf(buf, TEXT, "route+%s=%s", prefix_str(&op->prefix, a), set);
		break;
	case FIB_ROUTE_DEL:
		snprintf(buf, TEXT, "route-%s", prefix_str(&op->prefix, a));
		break;
	}
}

struct line { char text[TEXT]; enum fib_op_kind kind; uint32_t id; };

static void add_run(struct rig *r, struct line *lines, size_t n)
{
	size_t at = strlen(r->text);
	char name[16];

	qsort(lines, n, sizeof(*lines), by_text);
	for (size_t i = 0; i < n; i++) {
		if (lines[i].kind == FIB_GROUP_SET) {
			strcat(lines[i].text, "=");
			strcat(lines[i].text, group_name(r, lines[i].id, true, name));
		}
		cr_assert_lt(at + strlen(lines[i].text) + 2, sizeof(r->text));
		at += (size_t)sprintf(r->text + at, "%s%s", at ? " " : "", lines[i].text);
	}
}

static void exec(struct rig *r, const struct fib_op *op)
{
	int error = r->refuse[op->kind] ? -r->refuse[op->kind] : fake_exec(&r->kernel, op);

	cr_assert_eq(op->seq, ++r->seq, "ops are numbered one by one");
	cr_assert_lt(r->n_unacked, 4096u);
	r->unacked[r->n_unacked].seq = op->seq;
	r->unacked[r->n_unacked++].error = error;
	r->refused += error != 0;
}

static size_t take_more(struct rig *r)
{
	struct fib_op ops[PIECE];
	struct line *lines = calloc(4096, sizeof(*lines));
	size_t n, k = 0, before = r->n_unacked;

	cr_assert_not_null(lines);
	while ((n = fib_take(r->fib, ops, PIECE)))
		for (size_t i = 0; i < n; i++) {
			if (k && lines[k - 1].kind != ops[i].kind) {
				add_run(r, lines, k);
				k = 0;
			}
			cr_assert_lt(k, 4096u);
			op_text(r, &ops[i], lines[k].text);
			lines[k].kind = ops[i].kind;
			lines[k++].id = ops[i].id;
			exec(r, &ops[i]);
		}
	cr_assert_not(fib_has_ops(r->fib));
	add_run(r, lines, k);
	free(lines);
	return r->n_unacked - before;
}

const char *rig_take(struct rig *r)
{
	r->text[0] = '\0';
	take_more(r);
	return r->text;
}

void rig_ack(struct rig *r)
{
	for (size_t i = 0; i < r->n_unacked; i++)
		fib_acked(r->fib, r->unacked[i].seq, r->unacked[i].error, r->now);
	r->n_unacked = 0;
}

const char *rig_drain(struct rig *r)
{
	rig_take(r);
	rig_ack(r);
	return r->text;
}

const char *rig_run(struct rig *r)
{
	size_t n, rounds = 0;

	r->text[0] = '\0';
	do {
		fib_commit(r->fib, r->now);
		n = take_more(r);
		rig_ack(r);
		cr_assert_lt(++rounds, 16u, "planning must come to an end: %s", r->text);
	} while (n);
	return r->text;
}

const char *rig_in(struct rig *r, int64_t ms)
{
	r->now = mono_add_ms(r->now, ms);
	return rig_run(r);
}

bool rig_installed(struct rig *r, const char *prefix)
{
	struct prefix p = rig_prefix(prefix);
	struct fib_route_view view;

	return fib_route(r->fib, &p, &view) && view.installed;
}

int rig_error(struct rig *r, const char *prefix)
{
	struct prefix p = rig_prefix(prefix);
	struct fib_route_view view;

	return fib_route(r->fib, &p, &view) ? view.error : -1;
}

size_t rig_count(const char *ops, const char *op)
{
	size_t n = 0;

	for (const char *s = ops; (s = strstr(s, op)); s += strlen(op))
		n += s == ops || s[-1] == ' ';
	return n;
}
