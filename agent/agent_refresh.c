/* A peer is told everything again: on its request (RFC 2918), between BoRR and EoRR if it knows them (RFC 7313). And the other way round. */
#include "agent/agent_priv.h"

#include "agent/base/wr.h"

static uint8_t family_of(int i)
{
	return i ? AF_INET6 : AF_INET;
}

void refresh_ask(struct port *port, const struct peer *peer, uint8_t family)
{
	if (peer_ctx(peer)->enhanced_refresh)
		port->refresh_due[family == AF_INET6] = true;
	else
		rib_export_again(port->agent->rib, port->rib, family);
}

static void say(struct peer *peer, int i, enum bgp_refresh_kind kind)
{
	struct bgp_refresh refresh = { .afi = i ? AFI_IP6 : AFI_IP4, .subtype = (uint8_t)kind, .safi = SAFI_UNICAST };
	uint8_t msg[32];
	struct wr w = wr_of(msg, sizeof(msg));

	if (bgp_put_refresh(&w, &refresh) == 0)
		peer_send(peer, msg, wr_len(&w), 1);
}

bool refresh_request(struct port *port)
{
	struct peer *peer = peers_find(port->agent->peers, port->key);
	const struct bgp_ctx *bgp = peer_ctx(peer);
	struct peer_view v;

	peer_view(peer, &v);
	if (!v.caps_received || !v.caps_received->refresh)       /* RFC 2918 4 */
		return false;
	for (int i = 0; i < 2; i++)
		if (bgp->mp[i])
			say(peer, i, REFRESH_REQUEST);
	return true;
}

/* One that is asked for while another one runs comes after it. RFC 7313 4: no BoRR before the End-of-RIB of the session. */
static bool may_begin(const struct port *port, int i)
{
	return port->refresh_due[i] && !port->refreshing[i] && !port->eor_due[i];
}

void refresh_begin(struct port *port, struct peer *peer)
{
	for (int i = 0; i < 2; i++) {
		if (!may_begin(port, i))
			continue;
		say(peer, i, REFRESH_BEGIN);
		rib_export_again(port->agent->rib, port->rib, family_of(i));
		port->refresh_due[i] = false;
		port->refreshing[i] = true;
	}
}

/* RFC 4724 2: End-of-RIB, whether or not the peer restarts gracefully. */
static void send_eor(struct peer *peer, int i)
{
	uint8_t msg[64];
	struct wr w = wr_of(msg, sizeof(msg));

	if (bgp_put_eor(&w, family_of(i)) == 0)
		peer_send(peer, msg, wr_len(&w), 1);
}

void refresh_end(struct port *port, struct peer *peer)
{
	for (int i = 0; i < 2; i++) {
		if (port->eor_due[i])
			send_eor(peer, i);
		if (port->refreshing[i])
			say(peer, i, REFRESH_END);
		port->eor_due[i] = port->refreshing[i] = false;
	}
}

bool refresh_pending(const struct port *port)
{
	for (int i = 0; i < 2; i++)
		if (port->eor_due[i] || port->refreshing[i] || may_begin(port, i))
			return true;
	return false;
}
