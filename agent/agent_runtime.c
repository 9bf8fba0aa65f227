/* Numbered peers by hand. The configuration in effect has them in its list, marked, so whatever reads it knows of no difference; a change is a reload with
 * another list, and what is read from a file gets them before it is compared (runtime_keep). */
#include "agent/agent_runtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/agent_reload.h"
#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/base/text.h"

#define LOG_TOPIC TOPIC_CONFIG

/* The file has what was added by hand: it is the file's from now on. */
void runtime_note(const struct config *was, const struct config *is)
{
	for (size_t i = 0; i < was->n_neighbors; i++) {
		const struct config_neighbor *n = &was->neighbors[i], *found = config_neighbor_find(is, &n->address);
		char s[INET6_ADDRSTRLEN];

		if (n->by_hand && found && !found->by_hand)
			log_event(EVENT_RUNTIME_CHANGE, (struct log_about){ .name = in6_str(&n->address, s), .peer = &n->address },
				  "is in the file now, and no neighbor by hand any more");
	}
}

void runtime_adopt(struct config *c, const struct config *same)
{
	runtime_note(c, same);
	for (size_t i = 0; i < c->n_neighbors; i++)
		c->neighbors[i].by_hand = config_neighbor_find(same, &c->neighbors[i].address)->by_hand;
}

/* The same configuration with a list of its own; everything else belongs to both, so one of them is freed by shell_free. */
static struct config *shell_new(const struct config *c)
{
	struct config *to = malloc(sizeof(*to));

	if (!to)
		return NULL;
	*to = *c;
	to->neighbors = malloc((c->n_neighbors + 1) * sizeof(*to->neighbors));
	if (!to->neighbors) {
		free(to);
		return NULL;
	}
	if (c->n_neighbors)
		memcpy(to->neighbors, c->neighbors, c->n_neighbors * sizeof(*to->neighbors));
	return to;
}

static void shell_free(struct config *c)
{
	if (!c)
		return;
	free(c->neighbors);
	free(c);
}

static void note_touched(const struct reload *r, const char *but, char touched[256])
{
	for (size_t i = 0; i < r->n; i++) {
		const struct reload_session *s = &r->sessions[i];

		if (s->live && (s->ends || s->flaps) && strcmp(s->name, but) != 0)
			text_add(touched, 256, "%s%s", *touched ? ", " : "", s->name);
	}
}

/* to: a shell of what is in effect, which it takes the place of; freed if not. */
static int change(struct agent *a, struct config *to, mono now, struct by_hand *ret)
{
	struct reload *r = NULL;
	struct config *was = to;
	int e = reload_new(&r, a, to);

	if (e >= 0)
		e = reload_become(a, r, now, &was);
	if (e >= 0)
		note_touched(r, ret->name, ret->touched);
	reload_free(r);
	shell_free(was);
	return e;
}

static size_t by_hand(const struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_neighbors; i++)
		n += c->neighbors[i].by_hand;
	return n;
}

static struct log_about about(const struct by_hand *what, const struct config_neighbor *n)
{
	return (struct log_about){ .name = what->name, .peer = &n->address };
}

int agent_neighbor_add(struct agent *a, const char *address, const char *asn, mono now, struct by_hand *ret)
{
	const struct config_neighbor *there;
	struct config_neighbor n;
	struct config *to;
	int r;

	*ret = (struct by_hand){ 0 };
	r = config_neighbor_read(a->cfg, address, asn, &n, ret->error);
	if (r < 0)
		return r;
	in6_str(&n.address, ret->name);
	there = config_neighbor_find(a->cfg, &n.address);
	ret->asn = there ? there->remote_asn : n.remote_asn;
	if (there)
		return !there->by_hand ? -EEXIST : there->remote_asn == n.remote_asn ? 0 : -EBUSY;
	if (by_hand(a->cfg) >= BY_HAND_MAX)
		return -ENOSPC;
	to = shell_new(a->cfg);
	if (!to)
		return -ENOMEM;
	r = config_neighbor_add(to, &n);
	if (r < 0) {
		shell_free(to);
		return r;
	}
	r = change(a, to, now, ret);
	if (r < 0)
		return r;
	ret->usable = neighbor_find(a, &n.address)->usable;
	log_event(EVENT_RUNTIME_CHANGE, about(ret, &n), "is a neighbor, as the operator says: AS %s", asn);
	return 1;
}

int agent_neighbor_del(struct agent *a, const char *address, mono now, struct by_hand *ret)
{
	struct config_neighbor *there, n;
	struct config *to;
	int r;

	*ret = (struct by_hand){ 0 };
	r = config_neighbor_read(a->cfg, address, "external", &n, ret->error);
	if (r < 0)
		return r;
	in6_str(&n.address, ret->name);
	there = config_neighbor_find(a->cfg, &n.address);
	if (!there || !there->by_hand)
		return there ? -EEXIST : -ENOENT;
	to = shell_new(a->cfg);
	if (!to)
		return -ENOMEM;
	config_neighbor_del(to, config_neighbor_find(to, &n.address));
	r = change(a, to, now, ret);
	if (r < 0)
		return r;
	there = a->confirmed ? config_neighbor_find(a->confirmed, &n.address) : NULL;
	if (there && there->by_hand)             /* nor does it come back with the configuration before */
		config_neighbor_del(a->confirmed, there);
	log_event(EVENT_RUNTIME_CHANGE, about(ret, &n), "is no neighbor any more, as the operator says");
	return 0;
}

static bool soft_reset(struct port *port, bool in)
{
	const struct peer *peer = peers_find(port->agent->peers, port->key);
	bool done = !in || refresh_request(port);

	for (int i = 0; !in && i < 2; i++)
		if (peer_ctx(peer)->mp[i])
			refresh_ask(port, peer, i ? AF_INET6 : AF_INET);         /* RFC 7313 4: between BoRR and EoRR also when nobody asked for it */
	if (done)
		log_event(EVENT_SOFT_RESET, port_about(port), "%s", in ? "the peer is asked for its routes again" : "the peer is told our routes again");
	return done;
}

int agent_soft_reset(struct agent *a, const char *name, bool in)
{
	bool any = false, refused = false;
	struct port *port;
	int n = 0;

	for (size_t i = 0; (port = port_at(a, i)); i++) {
		if (!port_is_named(port, name))
			continue;
		any = true;
		if (!port->in_rib)
			continue;
		if (soft_reset(port, in))
			n++;
		else
			refused = true;
	}
	if (refused)
		return -EOPNOTSUPP;
	return n ? n : any ? -ENOTCONN : -ENOENT;
}
