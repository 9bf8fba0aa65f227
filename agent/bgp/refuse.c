#include "agent/bgp/refuse.h"

#include <stdio.h>
#include <string.h>

#include "agent/bgp/notify.h"

const char *refuse_asn(const struct peer *p, uint32_t asn)
{
	if (asn == 0)
		return "is reserved";            /* RFC 7607 2 */
	if (p->cfg.numbered.internal)
		return asn == p->all->session.offer.asn ? NULL : "is not our own, and the peer is to be internal";
	if (asn == p->all->session.offer.asn)
		return "is our own";
	if (!p->cfg.asn)
		return NULL;
	for (size_t i = 0; i < p->cfg.n_asn; i++)
		if (p->cfg.asn[i].first <= asn && asn <= p->cfg.asn[i].last)
			return NULL;
	return p->cfg.numbered.on ? "is another one than remote_asn" : "not allowed on this link";
}

/* RFC 6286 2.1: within one AS an identifier is one router's. */
static bool has_our_id(const struct peer *p, const struct bgp_open *open)
{
	const struct bgp_open *ours = &p->all->session.offer;

	return open->asn == ours->asn && open->id.s_addr == ours->id.s_addr;
}

/* RFC 9234 4.2; among external peers only. */
static bool refuse_role(const struct peer *p, const struct bgp_caps *caps, char *why, size_t size)
{
	if (p->cfg.numbered.internal)
		return false;
	if (caps->role_twice) {
		snprintf(why, size, "the peer announces several roles");
		return true;
	}
	if (p->cfg.role == ROLE_NONE || (!caps->role && !p->cfg.role_strict))
		return false;
	if (!caps->role) {
		snprintf(why, size, "the peer announces no role, and role_strict demands one");
		return true;
	}
	if (role_pair_ok(p->cfg.role, caps->role))
		return false;
	snprintf(why, size, "our role is %s, the peer's is %s", role_str(p->cfg.role), role_str(caps->role));
	return true;
}

/* The peer's operator is told why in our words, in the form of RFC 9003, which has them for two other subcodes only; whoever does not know it there
 * sees bytes behind a Cease (RFC 4486 4: SHOULD be Connection Rejected). */
static bool refuse_here(const struct peer *p, const struct bgp_caps *caps, struct bgp_err *err, char *why, size_t size)
{
	const struct peers_out *out = &p->all->out;
	char words[PEER_WORDS_MAX + 1];
	size_t n;

	if (!out->unwelcome || !out->unwelcome(out->ctx, p, caps, words))
		return false;
	n = strnlen(words, PEER_WORDS_MAX);
	*err = (struct bgp_err){ .code = NOTIFY_CEASE, .subcode = CEASE_CONNECTION_REJECTED, .data_len = (uint16_t)(n + 1) };
	err->data[0] = (uint8_t)n;
	memcpy(err->data + 1, words, n);
	snprintf(why, size, "%s", words);
	return true;
}

bool refuse_open(const struct peer *p, const struct bgp_open *open, struct bgp_err *err, char *why, size_t size)
{
	const char *asn = refuse_asn(p, open->asn);
	uint8_t subcode;

	if (asn) {
		subcode = OPEN_BAD_PEER_AS;              /* RFC 4271 6.2 */
		snprintf(why, size, "remote AS %u %s", open->asn, asn);
	} else if (has_our_id(p, open)) {
		subcode = OPEN_BAD_ID;
		snprintf(why, size, "the peer, of our own AS, has our router-id");
	} else if (refuse_role(p, &open->caps, why, size)) {
		subcode = OPEN_ROLE_MISMATCH;
	} else {
		return refuse_here(p, &open->caps, err, why, size);
	}
	*err = (struct bgp_err){ .code = NOTIFY_OPEN, .subcode = subcode };
	return true;
}
