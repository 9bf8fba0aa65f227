#include "nexthop/look.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "agent/base/own.h"

static unsigned bytes_of(const struct prefix *p)
{
	return p->family == AF_INET ? 4 : 16;
}

/* The kernel looks nothing up for an unspecified destination, and takes 0/8 for none: the default route is asked for with somebody's address. */
bool look_first(const struct prefix *p, struct prefix *ret)
{
	*ret = *p;
	ret->len = (uint8_t)prefix_max(p->family);
	if (ret->addr[0] == 0)
		ret->addr[0] = p->family == AF_INET ? 1 : 0x20;
	return prefix_contains(p, ret);
}

bool look_next(const struct prefix *p, const struct prefix *found, struct prefix *ret)
{
	unsigned bit = found->len;

	if (found->family != p->family || found->len <= p->len || found->len > prefix_max(p->family))
		return false;
	*ret = *found;
	ret->len = (uint8_t)prefix_max(p->family);
	/* One more in the last bit of `found`: a carry clears ones until it finds a zero. */
	while (bit > 0 && ret->addr[(bit - 1) / 8] >> (7 - (bit - 1) % 8) & 1) {
		bit--;
		ret->addr[bit / 8] &= (uint8_t)~(0x80 >> bit % 8);
	}
	if (bit == 0)
		return false;
	bit--;
	ret->addr[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return bit / 8 < bytes_of(p) && prefix_contains(p, ret);
}

const char *look_neigh_str(uint16_t state)
{
	static const struct { uint16_t bit; const char *name; } names[] = {
		{ NUD_PERMANENT, "permanent" }, { NUD_REACHABLE, "reachable" }, { NUD_STALE, "stale" }, { NUD_DELAY, "delay" },
		{ NUD_PROBE, "probe" }, { NUD_INCOMPLETE, "incomplete" }, { NUD_FAILED, "failed" }, { NUD_NOARP, "noarp" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (state & names[i].bit)
			return names[i].name;
	return "none";
}

const char *look_type_str(uint8_t type)
{
	static const char *const names[] = {
		[RTN_UNICAST] = "unicast", [RTN_LOCAL] = "local", [RTN_BROADCAST] = "broadcast", [RTN_ANYCAST] = "anycast",
		[RTN_MULTICAST] = "multicast", [RTN_BLACKHOLE] = "blackhole", [RTN_UNREACHABLE] = "unreachable", [RTN_PROHIBIT] = "prohibit",
	};

	return type < ARRAY_LEN(names) && names[type] ? names[type] : "other";
}

const char *look_protocol_str(uint8_t protocol)
{
	switch (protocol) {
	case RTPROT_REDIRECT:
		return "redirect";
	case RTPROT_KERNEL:
		return "kernel";
	case RTPROT_BOOT:
		return "boot";
	case RTPROT_STATIC:
		return "static";
	case RTPROT_RA:
		return "ra";
	case RTPROT_ZEBRA:
		return "zebra";
	case RTPROT_BIRD:
		return "bird";
	case RTPROT_DHCP:
		return "dhcp";
	case WEFT_PROTOCOL:
		return "bgp";
	case RTPROT_OSPF:
		return "ospf";
	case RTPROT_ISIS:
		return "isis";
	}
	return "";
}
