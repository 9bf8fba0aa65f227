#include "agent/rib/otc.h"

bool otc_in(enum role ours, uint32_t remote_asn, struct attrs *attrs)
{
	bool has = attrs->has & ATTRS_OTC, set = false, leak = false;

	switch (ours) {
	case ROLE_NONE:
		break;
	case ROLE_PROVIDER:
	case ROLE_RS:
		leak = has;                                      /* RFC 9234 5, ingress 1: from a customer or an RS client */
		break;
	case ROLE_PEER:
		leak = has && attrs->otc != remote_asn;          /* ingress 2 */
		set = !has;                                      /* ingress 3, as for the next two */
		break;
	case ROLE_CUSTOMER:
	case ROLE_RS_CLIENT:
		set = !has;
		break;
	case N_ROLES:
		break;
	}
	if (set) {
		attrs->otc = remote_asn;
		attrs->has |= ATTRS_OTC;
	}
	return !leak;
}

bool otc_may_go(enum role ours, const struct attrs *attrs)
{
	/* RFC 9234 5, egress 2: not to providers, peers and route servers. */
	return !(attrs->has & ATTRS_OTC) || !(ours == ROLE_CUSTOMER || ours == ROLE_PEER || ours == ROLE_RS_CLIENT);
}

uint32_t otc_out(enum role ours, uint32_t local_asn)
{
	/* RFC 9234 5, egress 1: to customers, peers and RS clients. */
	return ours == ROLE_PROVIDER || ours == ROLE_PEER || ours == ROLE_RS ? local_asn : 0;
}
