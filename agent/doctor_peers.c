/* What is wrong with the peers, and with the fabric as it is seen from here. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/bgp/notify.h"
#include "agent/config/config.h"
#include "agent/doctor_priv.h"
#include "agent/show_priv.h"

#define RECENT_S 600                     /* a session that ended is spoken of for so long */

/* Signatures that were wrong, missing, or there where none was expected, in this network namespace: the kernel does not say on which link. */
static unsigned long long bad_signatures(const struct doctor *d)
{
	static const char *const names[] = { "TCPMD5NotFound", "TCPMD5Unexpected", "TCPMD5Failure" };
	AUTO_FREE char *text = calloc(1, 32768);
	int n = d->host->read && text ? d->host->read(d->host->ctx, "/proc/net/netstat", text, 32767) : -1;
	unsigned long long sum = 0;
	char *head, *values, *name, *value, *save_n, *save_v;

	head = n > 0 ? strstr(text, "TcpExt: ") : NULL;
	values = head ? strchr(head, '\n') : NULL;
	if (!values)
		return 0;
	*values++ = '\0';
	values[strcspn(values, "\n")] = '\0';
	name = strtok_r(head, " ", &save_n);
	value = strtok_r(values, " ", &save_v);
	for (; name && value; name = strtok_r(NULL, " ", &save_n), value = strtok_r(NULL, " ", &save_v))
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (strcmp(name, names[i]) == 0)
				sum += strtoull(value, NULL, 10);
	return sum;
}

static bool has_password(const struct doctor *d, const struct peer_view *v)
{
	const struct config_link *rule = v->numbered ? NULL : config_link_for(agent_config(d->a), v->link);

	return rule && *rule->terms.password;
}

static void rejected(struct doctor *d, const struct peer_view *v, const char *peer)
{
	const struct bgp_trouble *t = &v->trouble;
	bool open = t->code == NOTIFY_OPEN;

	if (t->kind == TROUBLE_WE_REJECT && t->code == NOTIFY_CEASE && t->subcode == CEASE_CONNECTION_REJECTED)
		return;                          /* said of the link already: the cabling plan */
	if (open && t->subcode == OPEN_BAD_PEER_AS && v->remote_asn == agent_config(d->a)->asn)
		found(d, CHECK_SAME_ASN, v->link, "%s has our own AS number, %u", peer, v->remote_asn);
	else if (open)
		found(d, CHECK_OPEN_REJECTED, v->link, "%s: the OPEN of one of the two is not accepted: %s", peer, v->last_error);
	else
		found(d, CHECK_NO_SESSION, v->link, "no session with %s: %s", peer, v->last_error);
}

static void no_session(struct doctor *d, const struct peer_view *v, const char *peer)
{
	unsigned long long unsigned_ = 0;

	switch (v->trouble.kind) {
	case TROUBLE_REFUSED:
		found(d, CHECK_REFUSED, v->link, "%s refuses our connection: nothing listens on its TCP port 179", peer);
		return;
	case TROUBLE_UNANSWERED:
	case TROUBLE_NO_OPEN:
		unsigned_ = bad_signatures(d);
		if (has_password(d, v))
			found(d, CHECK_PASSWORD, v->link, "%s does not answer our signed packets, and %llu packets with a wrong or missing signature were dropped here", peer, unsigned_);
		else if (unsigned_)
			found(d, CHECK_PASSWORD, v->link, "%s does not answer, and %llu packets with a signature that nobody here expects were dropped here", peer, unsigned_);
		else
			found(d, CHECK_FILTERED, v->link, "%s does not answer on TCP port 179", peer);
		return;
	case TROUBLE_CLOSED:
		found(d, CHECK_CLOSED, v->link, "%s takes our connection and closes it without a word", peer);
		return;
	case TROUBLE_WE_REJECT:
	case TROUBLE_PEER_REJECTS:
		rejected(d, v, peer);
		return;
	case TROUBLE_NO_WAY:
	case TROUBLE_SILENCE:
	case TROUBLE_OTHER:
		found(d, CHECK_NO_SESSION, v->link, "no session with %s: %s", peer, v->last_error);
		return;
	case TROUBLE_NONE:
		return;
	}
}

/* It was heard once. One that does not advertise itself at all (only connects) has said nothing that it could stop saying. */
static void silence(struct doctor *d, const struct peer_view *v, const char *peer)
{
	struct ra_view ra;
	int64_t s;

	if (v->key != v->ifindex || !ra_view(agent_ra(d->a), v->ifindex, &ra) || !ra.peer || !ra.received_ra)
		return;
	s = mono_diff_ms(d->now, ra.peer->heard) / 1000;
	if (s >= doctor_patience_s(d))
		found(d, CHECK_NOBODY_HEARD, v->link, "%s has not advertised itself for %lld s", peer, (long long)s);
}

static void condition(struct doctor *d, const struct peer_view *v, const char *peer)
{
	static const char *const families[2] = { "IPv4", "IPv6" };
	struct agent_filters_view f;
	struct agent_stale_view stale;
	struct rib_peer_stats n;
	rib_peer rib;
	json_t *bfd = show_bfd_alarm(d->a, v->key);

	if (v->state == BGP_ESTABLISHED && *v->fault)
		found(d, CHECK_NO_NEXT_HOP, v->link, "%s: %s", peer, v->fault);
	/* A reload ends no session; the OPEN alone has it (RFC 4724 3). */
	if (v->state == BGP_ESTABLISHED && v->caps_sent && !v->caps_sent->gr_time && agent_config(d->a)->restart_s)
		found(d, CHECK_RESTART_UNTOLD, v->link, "%s keeps nothing of us over a restart: its session began before there was a restart_seconds", peer);
	if (v->flaps && v->end == EV_HOLD && v->ever && mono_diff_ms(d->now, v->since) < RECENT_S * 1000)
		found(d, CHECK_HOLD_TIMER, v->link, "the last session with %s ended, for nothing was heard of it in the hold time; %u have ended so far", peer, v->flaps);
	if (bfd)
		found(d, CHECK_BFD, v->link, "%s: %s", peer, json_string_value(bfd));
	json_decref(bfd);
	if (agent_filters(d->a, v->key, &f) && f.max_warned)
		found(d, CHECK_MAX_PREFIXES, v->link, "%s announces about as many prefixes as it may, %u", peer, f.max_prefixes);
	if (!agent_rib_peer(d->a, v->key, &rib))
		return;
	rib_peer_stats(agent_rib(d->a), rib, &n);
	agent_stale(d->a, v->key, &stale);
	for (int i = 0; i < 2; i++)
		if (n.stale[i] && stale.why[i])
			found(d, CHECK_STALE, v->link, "%u %s routes of %s are of its earlier session (%s), and go in %lld s", n.stale[i], families[i], peer, stale.why[i],
			      (long long)(mono_diff_ms(stale.until[i], d->now) / 1000));
}

/* "spine01 on swp1", "fe80::1 on swp1"; numbered: "198.51.100.1" */
static void name_of(const struct peer_view *v, char *ret, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	if (v->numbered && !*v->hostname)
		snprintf(ret, size, "%s", v->link);
	else
		snprintf(ret, size, "%s on %s", *v->hostname ? v->hostname : in6_str(&v->remote, addr), v->link);
}

/* Two that are not the same router, and say that they are. The first of them is named. */
static void twins(struct doctor *d, const struct peer_view *v)
{
	const struct config *c = agent_config(d->a);
	const struct peer *peer = NULL;
	struct peer_view o;
	char id[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &v->remote_id, id, sizeof(id));
	if (v->remote_id.s_addr == c->router_id.s_addr)
		found(d, CHECK_ROUTER_ID_TWICE, v->link, "%s on %s has our own router_id, %s", *v->hostname ? v->hostname : "the peer", v->link, id);
	if (*v->hostname && strcmp(v->hostname, c->hostname) == 0)
		found(d, CHECK_HOSTNAME_TWICE, v->link, "the peer on %s has our own hostname, %s", v->link, v->hostname);
	while ((peer = peers_after(agent_peers(d->a), peer))) {
		peer_view(peer, &o);
		if (o.key == v->key)
			return;
		if (!o.remote_asn)
			continue;
		if (o.remote_id.s_addr == v->remote_id.s_addr && (o.remote_asn != v->remote_asn || strcmp(o.hostname, v->hostname) != 0))
			found(d, CHECK_ROUTER_ID_TWICE, v->link, "%s on %s and %s on %s have the same router_id, %s", o.hostname, o.link, v->hostname, v->link, id);
		if (*o.hostname && strcmp(o.hostname, v->hostname) == 0 && o.remote_id.s_addr != v->remote_id.s_addr)
			found(d, CHECK_HOSTNAME_TWICE, v->link, "two routers say that they are %s: on %s and on %s", v->hostname, o.link, v->link);
	}
}

/* router_id/32 that comes from outside: the AS path, "" when there is none. */
static bool from_outside(void *ctx, const struct rib_route_view *view)
{
	bool *ret = ctx;

	for (size_t i = 0; i < view->n_paths; i++)
		*ret |= view->paths[i].peer != RIB_LOCAL;
	return true;
}

static void loopback(struct doctor *d)
{
	const struct config *c = agent_config(d->a);
	struct prefix p = prefix4(c->router_id, 32);
	char s[PREFIX_STRLEN];
	bool outside = false;

	if (rib_find(agent_rib(d->a), &p, from_outside, &outside) && outside)
		found(d, CHECK_LOOPBACK_TWICE, NULL, "%s, our router_id, is announced by somebody else too (`weft show routes %s`)", prefix_str(&p, s), s);
}

void doctor_peers(struct doctor *d)
{
	const struct peer *peer = NULL;
	struct peer_view v;
	char name[160];

	while ((peer = peers_after(agent_peers(d->a), peer))) {
		peer_view(peer, &v);
		name_of(&v, name, sizeof(name));
		if (v.state != BGP_ESTABLISHED)
			silence(d, &v, name);
		if (v.state != BGP_ESTABLISHED && *v.last_error)
			no_session(d, &v, name);
		condition(d, &v, name);
		if (v.remote_asn)
			twins(d, &v);
	}
	loopback(d);
}
