/* The OPENs of a peer have something in them that must be refused (RFC 4271 6.2, RFC 6286 2.1, RFC 7607 2, RFC 9234 4.2): each is answered with the
 * NOTIFICATION that says what, there is no session as long as that goes on, and when it is over there is one again, without anybody's help. */
#include "tests/sim/sim.h"

#include <string.h>

#include "agent/base/own.h"
#include "agent/bgp/notify.h"
#include "tests/sim/coverage.h"

#define LENGTH 16                        /* places in an OPEN: of the message, */
#define VERSION 19
#define MY_AS 20
#define HOLD 22
#define ID 24
#define OPT_LEN 28                       /* of the optional parameters */
#define CAP_GR 64                        /* RFC 4724 3 */
#define GR_N 0x40                        /* RFC 8538 2 */
#define CAP_AS4 65                       /* RFC 6793 3 */
#define LONGEST 250                      /* of these */
#define LASTS_S 5
#define LOOK_US 100                      /* until it is refused, */
#define AFTER_US 20000                   /* and then */

enum kind { BYTES, HEARERS_AS, HEARERS_ID, ROLE, NO_N };

static const struct twist {
	const char *name;
	uint8_t at, n, bytes[4];         /* these are there instead; */
	uint8_t n_more, more[10];        /* this parameter is the last */
	enum kind kind;                  /* as the hearer has it; ROLE: by the configuration of both ends, the OPENs are as they are said */
	bool welcome;                    /* and nothing is wrong with that */
	uint8_t subcode;
} rows[] = {
	{ .name = "another version", .at = VERSION, .n = 1, .bytes = { 3 }, .subcode = OPEN_BAD_VERSION },
	{ .name = "AS 0", .at = MY_AS, .n = 2, .subcode = OPEN_BAD_PEER_AS },
	{ .name = "the hearer's AS", .kind = HEARERS_AS, .subcode = OPEN_BAD_PEER_AS },
	{ .name = "a hold time of a second", .at = HOLD, .n = 2, .bytes = { 0, 1 }, .subcode = OPEN_BAD_HOLD_TIME },
	{ .name = "a hold time of two seconds", .at = HOLD, .n = 2, .bytes = { 0, 2 }, .subcode = OPEN_BAD_HOLD_TIME },
	{ .name = "the identifier 0", .at = ID, .n = 4, .subcode = OPEN_BAD_ID },
	{ .name = "the hearer's identifier", .at = ID, .n = 4, .kind = HEARERS_ID, .welcome = true },        /* in another AS: RFC 6286 2.1 */
	{ .name = "a capability that nobody knows", .n_more = 5, .more = { 2, 3, 199, 1, 7 }, .welcome = true },  /* RFC 5492 3 */
	{ .name = "a parameter that nobody knows", .n_more = 3, .more = { 77, 1 }, .subcode = OPEN_BAD_PARAMETER },
	{ .name = "a capability beyond its parameter", .n_more = 5, .more = { 2, 3, 199, 9 }, .subcode = OPEN_UNSPECIFIC },
	{ .name = "two roles", .n_more = 8, .more = { 2, 6, 9, 1, 0, 9, 1, 3 }, .subcode = OPEN_ROLE_MISMATCH },
	{ .name = "nothing of RFC 8538", .kind = NO_N, .welcome = true },
	{ .name = "a provider's role as we have", .kind = ROLE, .subcode = OPEN_ROLE_MISMATCH },
};

const char *opens_name(unsigned i)
{
	return i < ARRAY_LEN(rows) ? rows[i].name : NULL;
}

/* The value of a capability (RFC 5492 4) in an OPEN; NULL: it has none. */
static uint8_t *capability(uint8_t *buf, size_t n, uint8_t code)
{
	for (size_t i = OPT_LEN + 1; i + 2 < n; i += 2u + buf[i + 1])
		for (size_t k = i + 2; k + 2 < n && k < i + 2u + buf[i + 1]; k += 2u + buf[k + 1])
			if (buf[i] == 2 && buf[k] == code)
				return buf + k + 2;
	return NULL;
}

/* A value of its own, or one of the hearer's. */
static void put_value(const struct twist *t, const struct node *to, uint8_t *buf, size_t n)
{
	uint8_t *as4 = t->kind == HEARERS_AS ? capability(buf, n, CAP_AS4) : NULL, *gr = t->kind == NO_N ? capability(buf, n, CAP_GR) : NULL;

	memcpy(buf + t->at, t->kind == HEARERS_ID ? (const void *)&to->router_id : t->bytes, t->n);
	if (as4)
		memcpy(as4, &(uint32_t){ htonl(to->asn) }, 4);
	if (gr)
		*gr &= (uint8_t)~GR_N;
}

/* Not in the middle of something: there are no sixteen such bytes elsewhere. */
static bool is_open(const uint8_t *p, size_t n)
{
	for (unsigned i = 0; i < LENGTH; i++)
		if (n <= OPT_LEN || p[i] != 0xff)
			return false;
	return p[VERSION - 1] == BGP_OPEN;
}

size_t opens_twist(const struct node *from, const struct cable *c, const uint8_t *p, size_t *n, uint8_t buf[BGP_MAX_LEN])
{
	const struct twist *t = &rows[from->world->twist.row];
	size_t len;

	if (from->world->twist.from != from || from->world->twist.cable != c || !is_open(p, *n) || p[OPT_LEN] > LONGEST - sizeof(t->more))
		return 0;
	len = (size_t)p[LENGTH] << 8 | p[LENGTH + 1];
	if (len > *n)
		return 0;
	*n = len;
	memcpy(buf, p, len);
	put_value(t, c->node[c->node[0] == from], buf, len);
	memcpy(buf + len, t->more, t->n_more);
	len += t->n_more;
	buf[OPT_LEN] = (uint8_t)(buf[OPT_LEN] + t->n_more);
	buf[LENGTH] = (uint8_t)(len >> 8);
	buf[LENGTH + 1] = (uint8_t)len;
	return len;
}

static void twist(struct world *w, const struct pair *p, unsigned row)
{
	w->twist.from = p->from;
	w->twist.cable = p->from->ports[p->port].cable;
	w->twist.row = row;
}

void opens_straight(struct world *w)
{
	w->twist.from = NULL;
}

void opens_older(struct world *w, const struct pair *p)
{
	unsigned row = 0;

	while (rows[row].kind != NO_N)
		row++;
	twist(w, p, row);
}

struct look { struct peer_view from, to; };

static void look(const struct pair *p, struct look *ret)
{
	pair_view(p->from, p->port, &ret->from);
	pair_view(p->to, p->to_port, &ret->to);
}

/* Who finds two roles that do not go together, of both, is the one that hears first. */
static const struct peer_view *refuser(const struct twist *t, const struct look *was, const struct look *is)
{
	if (is->to.errors != was->to.errors)
		return &is->to;
	return t->kind == ROLE && is->from.errors != was->from.errors ? &is->from : NULL;
}

static bool judge(struct world *w, const struct twist *t, const struct pair *p, const struct look *was)
{
	const char *to = p->to->name, *from = p->from->name;
	mono until = mono_add_s(w->now, LASTS_S);
	const struct peer_view *by;
	bool refused = false, up = false;
	char why[96];
	struct look is;

	bgp_notification_str(NOTIFY_OPEN, t->subcode, why, sizeof(why));
	while (w->now.us < until.us && !*w->failure && !(up && t->welcome)) {
		world_run(w, (mono){ w->now.us + (refused ? AFTER_US : LOOK_US) });
		look(p, &is);
		by = refuser(t, was, &is);
		up |= is.to.state == BGP_ESTABLISHED || is.to.flaps != was->to.flaps;
		if (by && !refused && (t->welcome || !strstr(by->last_error, why)))
			return sim_fail(w, "%s hears %s in an OPEN of %s: %s", to, t->name, from, by->last_error);
		refused |= by != NULL;
		if (up && !t->welcome)
			return sim_fail(w, "%s hears %s in an OPEN of %s, and there is a session", to, t->name, from);
	}
	if (!*w->failure && (t->welcome ? !up : !refused))
		return sim_fail(w, "%s hears %s in an OPEN of %s, and %s", to, t->name, from, t->welcome ? "there is no session" : "does not refuse");
	return !*w->failure;
}

static void set_role(const struct pair *p, const char *role)
{
	node_set(p->from, p->port, "role", role ? json_string(role) : NULL);
	node_set(p->to, p->to_port, "role", role ? json_string(role) : NULL);
}

bool opens_check(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x6f70656e };
	unsigned row = rng_below(&r, ARRAY_LEN(rows));
	const struct twist *t = &rows[row];
	struct look was;
	struct pair p;

	if (!pair_draw(w, &r, &p))
		return true;
	world_say(w, "--- %s: %s, in an OPEN to %s", p.from->name, t->name, p.to->name);
	cover(w, "opens", t->name);
	if (t->kind == ROLE) {
		set_role(&p, "provider");
	} else {
		twist(w, &p, row);
		pair_reset(&p);
	}
	look(&p, &was);
	if (!judge(w, t, &p, &was))
		return false;
	opens_straight(w);
	if (t->kind == ROLE)
		set_role(&p, NULL);
	else if (t->welcome)
		pair_reset(&p);
	return pair_rest(w, t->name);
}
