#include "agent/trace.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/text.h"
#include "agent/base/utf8.h"
#include "agent/ctl/watch.h"
#include "ra/ra_msg.h"

#define ADD(...) text_add(text, TRACE_TEXT, __VA_ARGS__)

struct cap_word { bool on; const char *word; };

static void capabilities(const struct bgp_caps *c, json_t *detail, char *text)
{
	const struct cap_word words[] = {
		{ c->mp[0], "ipv4" }, { c->mp[1], "ipv6" }, { c->ext_nh_v4, "extended_next_hop" }, { c->as4, "as4" }, { c->refresh, "refresh" },
		{ c->enhanced_refresh, "enhanced_refresh" }, { c->extended_message, "extended_message" }, { c->gr, "graceful_restart" },
		{ c->gr_restarted, "restarted" }, { c->gr_notification, "notification" }, { c->llgr, "long_lived" }, { c->role, "role" },
		{ c->ll_next_hop, "link_local_next_hop" }, { *c->hostname, "fqdn" }, { *c->software, "software_version" }, { *c->port, "port_name" },
	};
	json_t *list = json_array();

	ADD(", capabilities");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].on) {
			json_array_append_new(list, json_string(words[i].word));
			ADD(" %s", words[i].word);
		}
	for (size_t i = 0; i < c->n_unknown; i++) {
		const char *name = caps_name(c->unknown[i]);
		char number[16];

		snprintf(number, sizeof(number), "%u", c->unknown[i]);
		json_array_append_new(list, json_string(name ? name : number));
		ADD(" %s", name ? name : number);
	}
	json_object_set_new(detail, "capabilities", list);
	json_object_set_new(detail, "hostname", json_string(c->hostname));
	if (*c->hostname)
		ADD(", hostname %s", c->hostname);
	if (c->gr)
		ADD(", restart time %u s", c->gr_time);
}

static void open_message(const struct bgp_open *o, json_t *detail, char *text)
{
	char id[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &o->id, id, sizeof(id));
	json_object_set_new(detail, "asn", json_integer(o->asn));
	json_object_set_new(detail, "hold_time", json_integer(o->hold_time));
	json_object_set_new(detail, "router_id", json_string(id));
	ADD("AS %u, hold time %u s, router-id %s", o->asn, o->hold_time, id);
	capabilities(&o->caps, detail, text);
}

static void notification(const struct bgp_notification *n, json_t *detail, char *text)
{
	bool hard = n->code == NOTIFY_CEASE && n->subcode == CEASE_HARD_RESET && n->data.n >= 2;         /* RFC 8538 3: what it is about stands inside */
	uint8_t code = hard ? n->data.p[0] : n->code, subcode = hard ? n->data.p[1] : n->subcode, len;
	struct rd rd = rd_of(n->data.p, n->data.n);
	char name[96], whole[128], said[UINT8_MAX + 1] = "";
	const uint8_t *words;

	if (hard)
		rd_take(&rd, 2);
	len = rd_u8(&rd);
	words = rd_take(&rd, len);
	snprintf(whole, sizeof(whole), "%s%s", hard ? "Cease/Hard Reset, " : "", bgp_notification_str(code, subcode, name, sizeof(name)));
	if (code == NOTIFY_CEASE && (subcode == CEASE_ADMIN_SHUTDOWN || subcode == CEASE_ADMIN_RESET) && words && len)
		utf8_words(words, len, said);            /* RFC 9003 2 */
	json_object_set_new(detail, "code", json_integer(n->code));
	json_object_set_new(detail, "subcode", json_integer(n->subcode));
	json_object_set_new(detail, "name", json_string(whole));
	json_object_set_new(detail, "words", json_string(said));
	ADD("%s", whole);
	if (*said)
		ADD(", \"%s\"", said);
}

static void refresh(const struct bgp_refresh *r, json_t *detail, char *text)
{
	static const char *const kinds[] = { [REFRESH_REQUEST] = "request", [REFRESH_BEGIN] = "begin", [REFRESH_END] = "end" };
	const char *kind = r->subtype <= REFRESH_END ? kinds[r->subtype] : "unknown";

	json_object_set_new(detail, "kind", json_string(kind));
	json_object_set_new(detail, "afi", json_integer(r->afi));
	json_object_set_new(detail, "safi", json_integer(r->safi));
	ADD("%s, %s", kind, r->safi != SAFI_UNICAST ? "another family" : r->afi == AFI_IP4 ? "ipv4" : r->afi == AFI_IP6 ? "ipv6" : "another family");
}

/* What we send reads as its receiver would read it. */
static struct bgp_ctx reader(const struct trace_packet *t)
{
	struct bgp_ctx ctx = *t->bgp;

	if (!t->in) {
		ctx.local_asn = t->bgp->remote_asn;
		ctx.remote_asn = t->bgp->local_asn;
	}
	return ctx;
}

static const char *bgp_message(const struct trace_packet *t, json_t *detail, char *text)
{
	static const char *const types[] = {
		[BGP_OPEN] = "OPEN", [BGP_UPDATE] = "UPDATE", [BGP_NOTIFICATION] = "NOTIFICATION", [BGP_KEEPALIVE] = "KEEPALIVE",
		[BGP_ROUTE_REFRESH] = "ROUTE-REFRESH",
	};
	uint8_t type = t->n >= BGP_HEADER_LEN ? t->p[18] : 0;
	struct bgp_ctx ctx = reader(t);
	struct bgp_err err = { 0 };
	struct bgp_msg msg;

	if (!type || type > BGP_ROUTE_REFRESH || bgp_decode(rd_of(t->p, t->n), &ctx, &msg, &err) < 0) {
		json_object_set_new(detail, "error", json_string(err.what ? err.what : "malformed"));
		ADD("cannot be read: %s, at byte %zu", err.what ? err.what : "malformed", err.at);
		return type && type <= BGP_ROUTE_REFRESH ? types[type] : "unknown";
	}
	switch (msg.type) {
	case BGP_OPEN:
		open_message(&msg.open, detail, text);
		break;
	case BGP_UPDATE:
		trace_update(&msg.update, detail, text);
		break;
	case BGP_NOTIFICATION:
		notification(&msg.notification, detail, text);
		break;
	case BGP_KEEPALIVE:
		break;
	case BGP_ROUTE_REFRESH:
		refresh(&msg.refresh, detail, text);
		break;
	}
	return types[type];
}

static const char *ra_message(const struct trace_packet *t, json_t *detail, char *text)
{
	struct ra_packet packet = { .hop_limit = 255, .payload = t->p, .len = t->n, .from = in6addr_any };
	struct ra_msg msg = { 0 };
	enum ra_bad bad;
	char mac[18];

	inet_pton(AF_INET6, "fe80::1", &packet.from);    /* some sender that may say it: of whom it is stands elsewhere */
	bad = ra_decode(&packet, &msg);
	if (bad != RA_OK) {
		json_object_set_new(detail, "error", json_string(ra_bad_str(bad)));
		ADD("cannot be read: %s", ra_bad_str(bad));
		return t->n && t->p[0] == RA_SOLICIT ? "RS" : "RA";
	}
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", msg.mac[0], msg.mac[1], msg.mac[2], msg.mac[3], msg.mac[4], msg.mac[5]);
	json_object_set_new(detail, "mac", msg.has_mac ? json_string(mac) : json_null());
	if (msg.type == RA_ADVERT) {
		json_object_set_new(detail, "lifetime", json_integer(msg.lifetime));
		ADD("lifetime %u s, ", msg.lifetime);
	}
	ADD("%s%s", msg.has_mac ? "MAC " : "no MAC", msg.has_mac ? mac : "");
	return msg.type == RA_ADVERT ? "RA" : "RS";
}

static const char *bfd_message(const struct trace_packet *t, json_t *detail, char *text)
{
	const struct bfd_view *v = t->bfd;
	const char *state = bfd_state_str(t->in ? v->remote_state : v->state), *diag = bfd_diag_str(t->in ? v->remote_diag : v->diag);

	json_object_set_new(detail, "state", json_string(state));
	json_object_set_new(detail, "diagnostic", json_string(diag));
	json_object_set_new(detail, "discriminator", json_integer(t->in ? v->remote_discr : v->local_discr));
	ADD("%s%s%s, discriminator %u", state, *diag ? ", " : "", diag, t->in ? v->remote_discr : v->local_discr);
	if (t->in) {
		json_object_set_new(detail, "transmit_us", json_integer(v->remote_tx_us));
		json_object_set_new(detail, "receive_us", json_integer(v->remote_rx_us));
		json_object_set_new(detail, "multiplier", json_integer(v->remote_multiplier));
		ADD(", every %u us, hears %u us, multiplier %u", v->remote_tx_us, v->remote_rx_us, v->remote_multiplier);
	}
	return "CONTROL";
}

static const char *decode(const struct trace_packet *t, json_t *detail, char *text)
{
	switch (t->protocol) {
	case TRACE_BGP:
		return bgp_message(t, detail, text);
	case TRACE_RA:
		return ra_message(t, detail, text);
	case TRACE_BFD:
		return bfd_message(t, detail, text);
	}
	return "";
}

json_t *trace_event(const struct trace_packet *t, int64_t realtime_us)
{
	static const struct { const char *name; enum log_topic topic; } protocols[] = {
		[TRACE_BGP] = { "bgp", TOPIC_BGP }, [TRACE_RA] = { "ra", TOPIC_DISCOVERY }, [TRACE_BFD] = { "bfd", TOPIC_BFD },
	};
	char text[TRACE_TEXT] = "", whole[TRACE_TEXT + 64];
	json_t *detail = json_object(), *o;
	const char *type = decode(t, detail, text);
	struct log_entry like = { .level = LOG_LVL_DEBUG, .topic = protocols[t->protocol].topic, .about = t->about, .text = whole };
	size_t length = t->protocol == TRACE_BFD ? BFD_MSG_LEN : t->n;

	snprintf(whole, sizeof(whole), "%s %s %s, %zu bytes%s%s", t->in ? "in " : "out", t->protocol == TRACE_BFD ? "BFD" : protocols[t->protocol].name,
		 type, length, *text ? ": " : "", text);
	o = watch_event(&like, realtime_us);
	json_object_set_new(o, "event", json_string("packet"));
	json_object_set_new(o, "direction", json_string(t->in ? "in" : "out"));
	json_object_set_new(o, "protocol", json_string(protocols[t->protocol].name));
	json_object_set_new(o, "type", json_string(type));
	json_object_set_new(o, "length", json_integer((json_int_t)length));
	json_object_set_new(o, "detail", detail);
	return o;
}
