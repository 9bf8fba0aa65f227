/* Links and hand-made peers of the world. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "world.h"
#include "world_kernel.h"

static void change(struct world *w, const struct link_change *c)
{
	agent_link_change(w->agent, c, w->now);
	world_turn(w);
}

struct link_info world_swp(unsigned n)
{
	struct link_info info = {
		.ifindex = SWP(n), .type = ARPHRD_ETHER, .mac = { 2, [5] = (uint8_t)n }, .up = true, .running = true, .mtu = 1500,
	};

	snprintf(info.name, sizeof(info.name), "swp%u", n);
	return info;
}

void world_link(struct world *w, const struct link_info *info)
{
	change(w, &(struct link_change){ .kind = LINK_NEW, .link = *info });
}

void world_link_del(struct world *w, unsigned ifindex)
{
	kernel_table_lost(w->kernel, ifindex);
	change(w, &(struct link_change){ .kind = LINK_DEL, .link = { .ifindex = ifindex } });
}

static struct link_change addr_change(enum link_change_kind kind, unsigned ifindex, const char *addr)
{
	struct link_change c = { .kind = kind, .addr = { .ifindex = ifindex, .family = strchr(addr, ':') ? AF_INET6 : AF_INET } };
	const char *slash = strchr(addr, '/');
	char host[INET6_ADDRSTRLEN] = "";

	cr_assert_not_null(slash);
	memcpy(host, addr, (size_t)(slash - addr));
	c.addr.len = (uint8_t)atoi(slash + 1);
	cr_assert_eq(inet_pton(c.addr.family, host, c.addr.addr), 1);
	return c;
}

void world_addr(struct world *w, enum link_change_kind kind, unsigned ifindex, const char *addr)
{
	struct link_change c = addr_change(kind, ifindex, addr);

	change(w, &c);
}

void world_addr_tentative(struct world *w, unsigned ifindex, const char *addr)
{
	struct link_change c = addr_change(ADDR_NEW, ifindex, addr);

	c.addr.tentative = true;
	change(w, &c);
}

void world_swp_up(struct world *w, unsigned n)
{
	struct link_info info = world_swp(n);
	char addr[32];

	snprintf(addr, sizeof(addr), "fe80::%u/64", n);
	world_link(w, &info);
	world_addr(w, ADDR_NEW, SWP(n), addr);
}

void world_carrier(struct world *w, unsigned n, bool on)
{
	struct link_info info = world_swp(n);

	info.running = on;
	if (!on)
		kernel_table_lost(w->kernel, SWP(n));
	world_link(w, &info);
}

static struct in6_addr in6(const char *s)
{
	struct in6_addr a;

	cr_assert_eq(inet_pton(AF_INET6, s, &a), 1);
	return a;
}

static void mac_of(const char *s, uint8_t mac[6])
{
	cr_assert_eq(sscanf(s, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]), 6);
}

void world_ra(struct world *w, unsigned n, const char *from, const char *mac)
{
	struct ra_msg msg = { .type = RA_ADVERT, .has_mac = mac };
	struct ra_packet p = { .ifindex = SWP(n), .from = in6(from), .hop_limit = 255 };
	uint8_t buf[RA_MSG_MAX];

	if (mac)
		mac_of(mac, msg.mac);
	p.payload = buf;
	p.len = ra_encode(&msg, buf);
	agent_ra_packet(w->agent, &p, w->now);
	world_turn(w);
}

void world_neigh(struct world *w, unsigned n, const char *addr, const char *mac)
{
	struct link_change c = { .kind = NEIGH_NEW, .neigh = { .ifindex = SWP(n), .addr = in6(addr), .usable = true } };

	mac_of(mac, c.neigh.mac);
	change(w, &c);
}

bgp_conn world_accept(struct world *w, unsigned n, const char *from)
{
	struct in6_addr addr = in6(from);
	bgp_conn conn = agent_tcp_accepted(w->agent, SWP(n), &addr, w->now);

	if (conn) {
		cr_assert_lt(w->n_conns, ARRAY_LEN(w->conns));
		w->conns[w->n_conns].conn = conn;
		w->conns[w->n_conns++].swp = n;
	}
	return conn;
}

void world_input(struct world *w, unsigned n, const void *p, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);           /* so that the sanitizer sees any step over its end */

	cr_assert(copy && w->conn[n]);
	memcpy(copy, p, len);
	agent_tcp_input(w->agent, w->conn[n], copy, len, w->now);
	free(copy);
}

static void say(struct world *w, unsigned n, const struct wr *msg)
{
	cr_assert(!msg->bad);
	world_input(w, n, msg->base, wr_len(msg));
}

bool world_try(struct world *w, unsigned n)
{
	struct bgp_open open = {
		.version = 4, .my_as = (uint16_t)PEER_AS(n), .asn = PEER_AS(n), .hold_time = 90,
		.caps = { .mp = { true, true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = PEER_AS(n), .refresh = !w->no_refresh },
	};
	char s[32];
	uint8_t buf[BGP_MAX_LEN];
	struct wr msg = wr_of(buf, sizeof(buf));
	bool up;

	open.caps.enhanced_refresh = w->caps.enhanced_refresh;
	open.caps.gr = w->caps.gr;
	open.caps.role = w->caps.role;
	memcpy(open.caps.software, w->caps.software, sizeof(open.caps.software));
	open.caps.gr_restarted = w->caps.gr_restarted;
	open.caps.gr_notification = w->caps.gr_notification;
	open.caps.gr_time = w->caps.gr_time;
	memcpy(open.caps.gr_mp, w->caps.gr_mp, sizeof(open.caps.gr_mp));
	open.caps.llgr = w->caps.llgr;
	memcpy(open.caps.llgr_time, w->caps.llgr_time, sizeof(open.caps.llgr_time));
	memcpy(open.caps.llgr_forwarding, w->caps.llgr_forwarding, sizeof(open.caps.llgr_forwarding));
	memcpy(open.caps.gr_forwarding, w->caps.gr_forwarding, sizeof(open.caps.gr_forwarding));
	memcpy(open.caps.port, w->caps.port, sizeof(open.caps.port));
	memcpy(open.caps.domain, w->caps.domain, sizeof(open.caps.domain));
	snprintf(open.caps.hostname, sizeof(open.caps.hostname), "spine%u", n);
	snprintf(s, sizeof(s), "10.0.%d.%u", w->other_id ? 253 : 255, n);
	inet_pton(AF_INET, s, &open.id);
	snprintf(s, sizeof(s), "fe80::ff:%u", n);
	w->conn[n] = world_accept(w, w->behind[n] ? w->behind[n] : n, s);
	cr_assert_neq(w->conn[n], 0u);
	cr_assert_eq(bgp_put_open(&msg, &open), 0);
	cr_assert_eq(bgp_put_keepalive(&msg), 0);
	say(w, n, &msg);
	up = world_state(w, n) == BGP_ESTABLISHED;
	world_turn(w);
	return up;
}

void world_open(struct world *w, unsigned n)
{
	cr_assert(world_try(w, n));
}

void world_peer(struct world *w, unsigned n)
{
	char addr[32], mac[32];

	snprintf(addr, sizeof(addr), "fe80::ff:%u", n);
	snprintf(mac, sizeof(mac), "02:00:00:00:ff:%02x", n);
	world_swp_up(w, n);
	world_ra(w, n, addr, mac);
	world_open(w, n);
}

void world_update(struct world *w, unsigned n, const void *body, size_t len)
{
	uint8_t buf[BGP_MAX_LEN];
	struct wr msg = wr_of(buf, sizeof(buf));

	for (int i = 0; i < 16; i++)
		wr_u8(&msg, 0xff);
	wr_u16(&msg, (uint16_t)(BGP_HEADER_LEN + len));
	wr_u8(&msg, BGP_UPDATE);
	wr_bytes(&msg, body, len);
	say(w, n, &msg);
}

void world_eor(struct world *w, unsigned n, uint8_t family)
{
	uint8_t buf[64];
	struct wr msg = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_eor(&msg, family), 0);
	say(w, n, &msg);
	world_turn(w);
}

void world_refresh_quietly(struct world *w, unsigned n, uint8_t family, enum bgp_refresh_kind kind)
{
	struct bgp_refresh refresh = { family == AF_INET ? AFI_IP4 : AFI_IP6, (uint8_t)kind, SAFI_UNICAST };
	uint8_t buf[64];
	struct wr msg = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_refresh(&msg, &refresh), 0);
	say(w, n, &msg);
}

void world_refresh(struct world *w, unsigned n, uint8_t family, enum bgp_refresh_kind kind)
{
	world_refresh_quietly(w, n, family, kind);
	world_turn(w);
}

void world_keepalive(struct world *w, unsigned n)
{
	uint8_t buf[BGP_HEADER_LEN];
	struct wr msg = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_keepalive(&msg), 0);
	say(w, n, &msg);
}

void world_notify(struct world *w, unsigned n, uint8_t code, uint8_t subcode)
{
	uint8_t buf[64];
	struct wr msg = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_notification(&msg, code, subcode, NULL, 0), 0);
	say(w, n, &msg);
}

static size_t prefixes_of(const char *s, struct prefix *ret, size_t max)
{
	char text[PREFIX_STRLEN];
	size_t n = 0;
	int len;

	for (; sscanf(s, " %46s%n", text, &len) == 1; s += len) {
		cr_assert(n < max && prefix_parse(text, &ret[n]) == 0, "%s", text);
		n++;
	}
	return n;
}

static const struct bgp_ctx peer_side = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = 1, .remote_asn = OUR_AS };

static void announce_as(struct world *w, unsigned n, const char *prefixes, struct attrs attrs)
{
	struct bgp_egress egress = { .prepend = PEER_AS(n), .own_med = true };
	uint8_t buf[BGP_MAX_LEN];
	struct wr msg = wr_of(buf, sizeof(buf));
	struct prefix list[64];
	size_t k = prefixes_of(prefixes, list, ARRAY_LEN(list));
	char s[32];

	snprintf(s, sizeof(s), "fe80::ff:%u", n);
	egress.next_hop_ll = in6(s);
	cr_assert_eq(bgp_put_reach(&msg, &peer_side, &attrs, &egress, list, k), (int)k);
	say(w, n, &msg);
}

void world_announce_path_quietly(struct world *w, unsigned n, const char *prefixes, const uint32_t *path, size_t n_path)
{
	uint8_t segment[2 + 4 * 255];
	struct wr as = wr_of(segment, sizeof(segment));
	struct attrs attrs = { .origin = ORIGIN_IGP };

	wr_u8(&as, 2);
	wr_u8(&as, (uint8_t)n_path);
	for (size_t i = 0; i < n_path; i++)
		wr_u32(&as, path[i]);
	if (n_path)
		attrs.as_path = (struct span){ segment, (uint16_t)wr_len(&as) };
	announce_as(w, n, prefixes, attrs);
}

void world_announce_as(struct world *w, unsigned n, const char *prefixes, struct attrs attrs)
{
	announce_as(w, n, prefixes, attrs);
	world_turn(w);
}

void world_announce(struct world *w, unsigned n, const char *prefixes, const uint32_t *path, size_t n_path)
{
	world_announce_path_quietly(w, n, prefixes, path, n_path);
	world_turn(w);
}

void world_announce_quietly(struct world *w, unsigned n, const char *prefixes)
{
	world_announce_path_quietly(w, n, prefixes, NULL, 0);
}

void world_withdraw(struct world *w, unsigned n, const char *prefixes)
{
	uint8_t buf[BGP_MAX_LEN];
	struct wr msg = wr_of(buf, sizeof(buf));
	struct prefix list[64];
	size_t k = prefixes_of(prefixes, list, ARRAY_LEN(list));

	cr_assert_eq(bgp_put_unreach(&msg, &peer_side, list, k), (int)k);
	say(w, n, &msg);
	world_turn(w);
}

enum bgp_state world_state(const struct world *w, unsigned n)
{
	unsigned link = w->behind[n] ? w->behind[n] : n;
	const struct peer *peer = NULL;
	struct peer_view v;

	while ((peer = peers_after(agent_peers(w->agent), peer))) {
		peer_view(peer, &v);
		if (v.ifindex == SWP(link) && (link == n ? v.key == SWP(n) : v.remote.s6_addr[15] == n && v.key != SWP(link)))
			return v.state;
	}
	return BGP_IDLE;
}

json_t *world_json(json_t *root, const char *path)
{
	char key[64];
	int len;

	for (; root && sscanf(path, "%63[^.]%n", key, &len) == 1; path += path[len] ? len + 1 : len)
		root = json_is_array(root) ? json_array_get(root, (size_t)atoi(key)) : json_object_get(root, key);
	return root;
}

const char *world_shows(json_t *root, const char *path)
{
	static char text[4096];
	json_t *at = world_json(root, path);
	AUTO_FREE char *s = at ? json_dumps(at, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;

	snprintf(text, sizeof(text), "%s", s ? s : "(nothing)");
	json_decref(root);
	return text;
}

void world_bfd(struct world *w, unsigned n)
{
	agent_bfd_news(w->agent, &w->bfd[n], w->now);
	world_turn(w);
}

void world_bfd_up(struct world *w, unsigned n)
{
	w->bfd[n].heard = true;
	w->bfd[n].state = w->bfd[n].remote_state = BFD_UP;
	w->bfd[n].diag = BFD_DIAG_NONE;
	w->bfd[n].ups++;
	world_bfd(w, n);
}

void world_bfd_fails(struct world *w, unsigned n)
{
	w->bfd[n].state = w->bfd[n].remote_state = BFD_DOWN;
	w->bfd[n].diag = w->bfd[n].failure_diag = BFD_DIAG_EXPIRED;
	w->bfd[n].downs++;
	w->bfd[n].failures++;
	world_bfd(w, n);
}

void world_answer(struct world *w, uint32_t asn, struct bgp_caps caps)
{
	struct bgp_open open = { .version = 4, .my_as = (uint16_t)asn, .asn = asn, .hold_time = 90, .id = { htonl(0x0a00ff01) }, .caps = caps };
	uint8_t buf[BGP_MAX_LEN];
	struct wr msg = wr_of(buf, sizeof(buf));

	open.caps.mp[0] = open.caps.mp[1] = open.caps.mp_any = open.caps.as4 = true;
	open.caps.asn4 = asn;
	w->internal[1] = asn == agent_config(w->agent)->asn;
	cr_assert_neq(w->connect[1], 0u);
	w->conn[1] = w->connect[1];
	agent_tcp_connected(w->agent, w->conn[1], w->now);
	cr_assert(bgp_put_open(&msg, &open) == 0 && bgp_put_keepalive(&msg) == 0);
	world_input(w, 1, buf, wr_len(&msg));
	world_turn(w);
}
